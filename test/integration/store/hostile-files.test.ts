import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/bench-error.ts'
import { readBaseline, readRecord } from '../../../src/check/read-record.ts'
import type { Results } from '../../../src/document/model.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import { readCalibration } from '../../../src/store/calibration.ts'
import { checkHistogram } from '../../../src/store/check-histogram.ts'
import { readResults } from '../../../src/store/results.ts'
import { run } from '../../unit/check/make-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'sessionbench-hostile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (content: string | Buffer) => {
  const path = join(folder, 'results.json')
  writeFileSync(path, content)
  return path
}
const measured = run({ generations: 1 })
const withBlocks = (blocks: readonly unknown[]) => {
  const document = structuredClone(measured) as Results
  Object.assign(document.scenarios[0]?.comparisons[0] as object, { blocks })
  return JSON.stringify(document)
}
const withHistogram = (service: string) =>
  withBlocks([{ ...measured.scenarios[0]?.comparisons[0]?.blocks[0], service }])

/** In V2 compressed form, whatever its header says. */
function histogram({ digits = 3, highest = 3_600_000_000, counts = Buffer.from([2]) }): string {
  const header = Buffer.alloc(40)
  header.writeInt32BE(0x1c849313)
  header.writeInt32BE(counts.length, 4)
  header.writeInt32BE(digits, 12)
  header.writeBigInt64BE(1n, 16)
  header.writeBigInt64BE(BigInt(highest), 24)
  header.writeDoubleBE(1, 32)
  const packed = deflateSync(Buffer.concat([header, counts]))
  const cookie = Buffer.alloc(8)
  cookie.writeInt32BE(0x1c849314)
  cookie.writeInt32BE(packed.length, 4)
  return Buffer.concat([cookie, packed]).toString('base64')
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('a file that was made to do harm is bad input, said in a few words', () => {
  it.each<[string, () => string | Buffer, RegExp]>([
    ['is larger than any of ours', () => Buffer.alloc(129 * 2 ** 20, ' '), /holds more than 128 MiB$/],
    ['has more values than any of ours', () => withBlocks(Array(3_100_000).fill(1)), /more than 3,000,000 values$/],
    ['is wrong in more places than can be listed', () => withBlocks(Array(300_000).fill(1)), /results schema says/],
    [
      'is nested deeply where its version should be',
      () => `{"kind":"sessionbench.results","schemaVersion":${nested(1_000_000)}}`,
      /has schemaVersion a list,/,
    ],
    [
      'is nested deeply',
      () => JSON.stringify(measured).replace(/}$/, `,"x":${nested(1_000_000)}}`),
      /Unrecognized key/,
    ],
    [
      'has a long version',
      () => `{"kind":"sessionbench.results","schemaVersion":"${'9'.repeat(1e6)}"}`,
      /Version "9+,/,
    ],
    ['inflates to far more', () => withHistogram(histogram({ counts: Buffer.alloc(2 ** 28) })), /blocks\.0\.service: /],
    ['asks for many digits', () => withHistogram(histogram({ digits: 5 })), /5 significant digits, not 3/],
    ['asks for a long range', () => withHistogram(histogram({ highest: 2 ** 60 })), /go up to 1\d+, not 3600000000/],
    ['asks for less than nothing', () => withHistogram(histogram({ highest: -5 })), /go up to -5/],
  ])('%s', async (_, content, message) => {
    const path = file(content())
    const error = await readResults(path).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).toContain(path)
    expect((error as Error).message.length).toBeLessThan(2_000)
  })

  it.each([
    ['results', readResults],
    ['a record', readRecord],
    ['a baseline', readBaseline],
    ['a calibration', readCalibration],
  ])('has no end, read as %s', async (_, read) => {
    await expect(read('/dev/zero')).rejects.toThrow(
      /^\/dev\/zero is no file of sessionbench: it holds more than 128 MiB$/,
    )
  })

  it('has names that objects have: they are names', async () => {
    const { id } = measured.scenarios[0]?.comparisons[0]?.arms[0] ?? {}
    const text = JSON.stringify(measured).replaceAll(
      new RegExp(`"(id|arm|baseline|baselineArm)":"${id}"`, 'g'),
      '"$1":"__proto__"',
    )
    expect(text).toContain('"baselineArm":"__proto__"')
    expect(await readResults(file(text))).toMatchObject({ kind: 'sessionbench.results' })
  })
})

it('a histogram of ours is none of those, however full it is', () => {
  for (const unit of ['us', 'ps'] as const) {
    const histogram = new Histogram(unit)
    for (let us = 1e-6; us < 3.6e9; us *= 1.001) histogram.record(us)
    expect(() => checkHistogram(histogram.encode(), unit)).not.toThrow()
  }
})
