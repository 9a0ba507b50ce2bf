import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderHgrm } from '../../../src/report/hgrm.ts'
import { renderHlog } from '../../../src/report/hlog.ts'
import { listArms } from '../../../src/report/list-arms.ts'
import { Histogram, summarizeHistogram } from '../../../src/sample/histogram.ts'
import { documents, hostile, manifold } from '../../unit/report/documents.ts'
import { isInstalled } from '../session/debian-servers.ts'

const jar = '/usr/share/java/hdrhistogram.jar'
const program = fileURLToPath(new URL('./ReadHistograms.java', import.meta.url))
const hasLibrary = isInstalled(`javac && test -e ${jar}`, 'default-jdk-headless libhdrhistogram-java')

describe.runIf(hasLibrary)("histograms, read by HdrHistogram's own library", () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sessionbench-hdr-'))
    execFileSync('javac', ['-cp', jar, '-d', folder, program])
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const read = (...args: readonly string[]) =>
    execFileSync('java', ['-cp', `${folder}:${jar}`, 'ReadHistograms', ...args], { encoding: 'utf8' })

  it.each([
    ['manifold', manifold],
    ['hostile', hostile],
    ['an open loop', documents['open loop']],
  ])('a log of a run that is %s has every block, with its arm, time and values', (_, results) => {
    const log = join(folder, 'blocks.hlog')
    writeFileSync(log, renderHlog(results))
    const lines = read('log', log).trimEnd().split('\n')
    const blocks = results.scenarios.flatMap(({ comparisons }) =>
      comparisons.flatMap((comparison) => comparison.blocks),
    )
    expect(lines).toHaveLength(blocks.length)
    const expected = blocks.map((block) => {
      const histogram = Histogram.decode(block.openLoop?.response ?? block.service)
      const start = Date.parse(block.startedAt)
      const end = Math.floor(start + Number(block.elapsedMs.toFixed(0)))
      return `${start} ${end} ${histogram.count} ${histogram.percentileUs(50)} ${histogram.maxUs}`
    })
    expect(lines.map((line) => line.slice(line.indexOf(' ') + 1)).toSorted()).toEqual(expected.toSorted())
    const tags = new Set(lines.map((line) => line.split(' ')[0]))
    expect(tags.size).toBe(listArms(results).length)
  })

  it('the percentile distribution of every arm is what the library makes of its histogram', () => {
    const files = renderHgrm(manifold)
    const arms = listArms(manifold)
    expect(new Set(files.map(({ name }) => name)).size).toBe(arms.length)
    for (const [index, { arm }] of arms.entries()) expect(files[index]?.text).toBe(read('hgrm', arm.latency.encoded))
  })

  it('that of calls shorter than a µs is in ns, and its file says so', () => {
    const calls = new Histogram('ps')
    for (let ns = 1; ns <= 900; ns++) calls.record(ns / 1_000)
    const latency = { ...summarizeHistogram(calls) }
    const micro = structuredClone(documents.held)
    for (const arm of micro.scenarios.flatMap(({ comparisons }) => comparisons.flatMap(({ arms }) => arms)))
      Object.assign(arm, { histogramUnit: 'ps', latency })
    const [file] = renderHgrm(micro)
    expect(file?.name).toMatch(/\.ns\.hgrm$/)
    expect(file?.text).toBe(read('hgrm', latency.encoded))
    expect(file?.text).toMatch(/^ +450\.\d{3} 0\.500000000000 /m)
  })

  it('so is that of values of every size', () => {
    const spread = new Histogram()
    for (let value = 1; value < 3_600_000_000; value = Math.ceil(value * 1.37)) spread.record(value)
    const [arm] = listArms(documents.held)
    if (arm === undefined) throw new Error('expected an arm')
    const encoded = spread.encode()
    const text = Histogram.decode(encoded).percentileDistribution()
    expect(text).toBe(read('hgrm', encoded))
    expect(existsSync(jar)).toBe(true)
  })
})
