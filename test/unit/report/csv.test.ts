import { describe, expect, it } from 'vitest'
import { renderBlocksCsv, renderCsv } from '../../../src/report/csv.ts'
import { documents, empty, hostile, hostileArm, manifold } from './documents.ts'

/** RFC 4180, read by its grammar. */
function readCsv(text: string): string[][] {
  const record = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  const rows: string[][] = [[]]
  let end = 0
  for (const [whole, quoted, bare, separator] of text.matchAll(record)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '')
    if (separator !== ',') rows.push([])
    end += whole.length
  }
  expect(end).toBe(text.length)
  return rows.slice(0, -1)
}

function readRecords(text: string): Record<string, string>[] {
  const [heads = [], ...rows] = readCsv(text)
  expect(rows.filter((row) => row.length !== heads.length)).toEqual([])
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [heads[index], cell])))
}

describe('renderCsv', () => {
  it('has a row per arm and comparison, figures as they are in the document', () => {
    const records = readRecords(renderCsv(manifold))
    expect(records).toHaveLength(12)
    const [arm] = manifold.scenarios.flatMap(({ comparisons }) => comparisons[0]?.arms ?? [])
    expect(records[0]).toMatchObject({
      arm: 'a',
      is_baseline: 'true',
      ratio: '',
      latency_p50_us: String(arm?.latency.p50Us),
      iterations_per_second: String(arm?.throughputPerSecond),
    })
    expect(records[1]).toMatchObject({ arm: 'b', is_baseline: 'false', verdict: 'faster', concurrency: '10' })
  })

  it('leaves a cell empty where there is no value', () => {
    const [record] = readRecords(renderCsv(documents['errors only']))
    expect(record).toMatchObject({ latency_p50_us: '', latency_max_us: '', succeeded: '0', failed: '144' })
    const [open] = readRecords(renderCsv(documents['open loop']))
    expect(open).toMatchObject({
      cpu_us_per_request: '',
      concurrency: '',
      arrivals_per_second: '100',
      arrivals_dropped: '16',
    })
  })

  it('keeps hostile names whole', () => {
    expect(readRecords(renderCsv(hostile)).map(({ arm }) => arm)).toContain(`${hostileArm}b`)
  })

  it('has its heads even without rows', () => {
    expect(readCsv(renderCsv(empty))).toHaveLength(1)
  })
})

it('renderBlocksCsv has a row per block', () => {
  const records = readRecords(renderBlocksCsv(documents.held))
  expect(records).toHaveLength(32)
  expect(records[0]).toMatchObject({ round: '0', position: '0', requests: '200', ledger_disagreements: '0' })
})
