import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkPlaces, eventLogBeside, openEventLog, placesOf } from '../../../src/store/event-log.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-events-'))
})
afterEach(() => rm(folder, { recursive: true }))

const place = (name: string) => join(folder, name)
const refuse = (error: Error) => {
  throw error
}

it('lies beside the document', () => {
  expect(['a/results.json', 'results', 'x.ndjson'].map(eventLogBeside)).toEqual([
    'a/results.ndjson',
    'results.ndjson',
    'x.ndjson.ndjson',
  ])
  expect(placesOf('a.json')).toEqual(['a.json', 'a.ndjson'])
  expect(placesOf(undefined)).toEqual([])
})

describe('the log of events', () => {
  it('has each event when it has been taken, a line each', async () => {
    await using log = openEventLog(place('a.json'), { onFailure: refuse })
    for (const count of [1, 2, 3]) {
      await log.append({ count, text: 'two\nlines' })
      const lines = (await readFile(place('a.ndjson'), 'utf8')).split('\n')
      expect(lines.pop()).toBe('')
      expect(lines.map((line) => JSON.parse(line).count)).toEqual([1, 2, 3].slice(0, count))
    }
  })

  it('replaces an earlier one with its first event, and not before', async () => {
    await writeFile(place('a.ndjson'), 'an earlier one\n')
    await using log = openEventLog(place('a.json'), { onFailure: refuse })
    expect(log.path()).toBeUndefined()
    expect(await readFile(place('a.ndjson'), 'utf8')).toBe('an earlier one\n')
    await log.append({ count: 1 })
    expect(log.path()).toBe(place('a.ndjson'))
    expect(await readFile(place('a.ndjson'), 'utf8')).toBe('{"count":1}\n')
  })

  it('says once that it cannot be written, and gives up', async () => {
    await mkdir(place('a.ndjson'))
    const errors: string[] = []
    await using log = openEventLog(place('a.json'), { onFailure: ({ message }) => errors.push(message) })
    for (const count of [1, 2]) await log.append({ count })
    expect(errors).toEqual([expect.stringMatching(/^cannot write .*a\.ndjson \(EISDIR: /)])
  })

  it.each(['/dev/null', undefined])('is not there for a document at %s', async (path) => {
    await using log = openEventLog(path, { onFailure: refuse })
    await log.append({ count: 1 })
    await checkPlaces(path)
    expect(await readdir(folder)).toEqual([])
  })

  it('is refused beforehand where it cannot be', async () => {
    await mkdir(place('a.ndjson'))
    await expect(checkPlaces(place('a.json'))).rejects.toThrow(/cannot write .*a\.ndjson \(EISDIR/)
    await expect(checkPlaces(place('b.json'))).resolves.toBeUndefined()
    expect(await readdir(folder)).toEqual(['a.ndjson'])
  })
})
