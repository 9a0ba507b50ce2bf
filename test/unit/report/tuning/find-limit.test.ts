import { describe, expect, it } from 'vitest'
import { findLimit } from '../../../../src/report/tuning/find-limit.ts'
import type { TuningRow } from '../../../../src/report/tuning/model.ts'

function makeRow(size: number, perSecond: number, p50Ms: number, more: Partial<TuningRow> = {}): TuningRow {
  const counts = { rounds: 8, succeeded: 100, failed: 0, dropped: 0, connections: size }
  const latency = { p50Us: p50Ms * 1_000, p99Us: p50Ms * 2_000 }
  return {
    ...{ id: `connections=${size}`, params: { connections: size }, size, throughputPerSecond: perSecond },
    ...{ ...counts, ...latency, eventLoopUtilization: 0.2, state: 'enough', broken: [], isRecommended: false },
    ...more,
  }
}

describe('findLimit', () => {
  const limitOf = (rows: readonly TuningRow[]) => findLimit(rows, 'connections').what

  it('is the server when answers take longer and no more come', () => {
    expect(limitOf([makeRow(1, 50, 20), makeRow(4, 200, 20), makeRow(16, 200, 80)])).toBe('server')
  })

  it('is the server when its event loop is full', () => {
    expect(limitOf([makeRow(1, 50, 20), makeRow(4, 60, 21, { serverEventLoopUtilization: 0.95 })])).toBe('server')
  })

  it('is the client when its event loop is full', () => {
    expect(limitOf([makeRow(1, 50, 20), makeRow(4, 200, 20, { eventLoopUtilization: 0.95 })])).toBe('client')
  })

  it('is the pool when every connection carries as much as the first', () => {
    expect(limitOf([makeRow(1, 50, 20), makeRow(4, 200, 20), makeRow(8, 398, 20.1)])).toBe('pool')
  })

  it('is unknown without a curve', () => {
    expect(limitOf([])).toBe('unknown')
    expect(limitOf([makeRow(1, 50, 20)])).toBe('unknown')
  })
})
