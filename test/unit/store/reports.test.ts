import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fold } from '../../../src/document/fold.ts'
import { checkReports, type ReportRequest, writeReport } from '../../../src/store/reports.ts'
import { readResults, writeResults } from '../../../src/store/results.ts'
import { makeQuads } from '../judge/make-block.ts'
import { documents, hostile } from '../report/documents.ts'
import { makeSketchEvents } from '../report/make-sketch.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-'))
})
afterEach(() => rm(folder, { recursive: true }))

const request = (format: ReportRequest['format'], name: string, isAppended = false): ReportRequest => ({
  format,
  path: join(folder, name),
  isAppended,
})

describe('checkReports', () => {
  it('leaves nothing behind where all can be written', async () => {
    const inputs = [join(folder, 'results.json'), join(folder, './results.json')]
    await checkReports([request('md', 'a.md'), request('junit', 'b.xml')], inputs)
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses one file for two reports, by whatever path', async () => {
    await writeFile(join(folder, 'a.md'), '')
    await symlink(join(folder, 'a.md'), join(folder, 'link.md'))
    const twice = [request('md', 'a.md'), request('junit', 'x/../link.md')]
    await expect(checkReports(twice, [])).rejects.toThrow(/two reports would go to .*a\.md/)
    await expect(checkReports([request('md', 'new')], [join(folder, './new')])).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('says what cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(checkReports([request('md', 'no/a.md')], [])).rejects.toThrow(/cannot write .*folder .*no must exist/)
    await expect(checkReports([request('hgrm', 'file')], [])).rejects.toThrow(/cannot write .*EEXIST/)
    await expect(checkReports([request('md', 'no/a.md', true)], [])).rejects.toMatchObject({ code: 'UNWRITABLE' })
  })
})

describe('writeReport', () => {
  it('replaces a file, adds to a summary, and fills a folder', async () => {
    await writeFile(join(folder, 'a.md'), 'before\n')
    await writeReport(request('md', 'a.md', true), documents.held)
    expect(await readFile(join(folder, 'a.md'), 'utf8')).toMatch(/^before\n### sessionbench/)
    await writeReport(request('md', 'a.md'), documents.held)
    expect(await readFile(join(folder, 'a.md'), 'utf8')).toMatch(/^### sessionbench/)
    await writeReport(request('hgrm', 'new/histograms'), hostile)
    const names = await readdir(join(folder, 'new/histograms'))
    expect(names).toHaveLength(6)
    for (const name of names) expect(name).toMatch(/^[a-z0-9.-]+\.hgrm$/)
  })
})

describe('readResults', () => {
  const read = async (content: string) => {
    const path = join(folder, 'results.json')
    await writeFile(path, content)
    return readResults(path)
  }

  it('reads what was written, to the byte', async () => {
    const path = join(folder, 'results.json')
    await writeResults(path, documents.failed)
    const text = await readFile(path, 'utf8')
    await writeResults(path, await readResults(path))
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it.each([
    ['', /is empty/],
    ['hello', /is not JSON/],
    [JSON.stringify(documents.held).slice(0, 5_000), /is cut short/],
    ['[1]', /no results file of sessionbench/],
    ['null', /no results file/],
    ['{"kind":"sessionbench.results","schemaVersion":99}', /has schemaVersion 99, this sessionbench reads 1/],
    [JSON.stringify({ ...documents.held, seed: 'x' }), /results schema says:\n {2}seed: /],
    [JSON.stringify({ ...documents.held, scenarios: Array(20).fill({}) }), /scenarios\.0\.name: [\s\S]*and \d+ more/],
  ])('refuses %.30j', async (content, message) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) })
  })

  it('reads the log of a run as the results that its events come to, and what is no whole log as part of a run', async () => {
    const events = makeSketchEvents({ blocks: makeQuads(2, () => ({ latencyUs: 2_000 })) })
    const lines = events.map((event) => `${JSON.stringify(event)}\n`)
    expect(await read(lines.join(''))).toEqual(fold(events))
    expect(await read(lines.slice(0, -1).join(''))).toEqual({ ...fold(events.slice(0, -1)), partial: true })
    const calibration = JSON.stringify({ ...events[0], makes: 'sessionbench.calibration' })
    await expect(read(calibration)).rejects.toThrow(/log of events that come to no results: expected one of run/)
  })

  it('says when there is no file', async () => {
    await expect(readResults(join(folder, 'none.json'))).rejects.toThrow(/cannot read .*none\.json \(ENOENT\)/)
  })
})
