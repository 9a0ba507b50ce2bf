import { execFileSync } from 'node:child_process'
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeResults } from '../../../src/store/results.ts'
import { checkWritable } from '../../../src/store/write-file.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketch } from '../report/make-sketch.ts'

const results = makeSketch({ blocks: makeQuads(1, () => ({})) })
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('writeResults', () => {
  it('replaces the file whole and leaves nothing beside it', async () => {
    const path = join(folder, 'results.json')
    await writeFile(path, 'old')
    await writeResults(path, results)
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ kind: 'sessionbench.results', schemaVersion: 1 })
    expect(await readdir(folder)).toEqual(['results.json'])
  })

  it('leaves the old file as it was when it fails', async () => {
    await expect(writeResults(join(folder, 'no', 'results.json'), results)).rejects.toThrow(/cannot write.*must exist/)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('what is there already', () => {
  it('keeps a link and replaces what it points to', async () => {
    await writeFile(join(folder, 'real.json'), 'old')
    await symlink(join(folder, 'real.json'), join(folder, 'link.json'))
    await writeResults(join(folder, 'link.json'), results)
    expect((await lstat(join(folder, 'link.json'))).isSymbolicLink()).toBe(true)
    expect(await readFile(join(folder, 'real.json'), 'utf8')).toContain('sessionbench.results')
  })

  it('writes into a pipe instead of replacing it', async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    await checkWritable(path)
    const [text] = await Promise.all([readFile(path, 'utf8'), writeResults(path, results)])
    expect(text).toContain('sessionbench.results')
    expect((await lstat(path)).isFIFO()).toBe(true)
  })
})

describe('checkWritable', () => {
  it('says so before anything is measured', async () => {
    await expect(checkWritable(join(folder, 'no', 'results.json'))).rejects.toMatchObject({ code: 'UNWRITABLE' })
    await expect(checkWritable(folder)).rejects.toThrow(/is a folder/)
    await expect(checkWritable(join(folder, 'results.json'))).resolves.toBeUndefined()
    expect(await readdir(folder)).toEqual([])
  })
})
