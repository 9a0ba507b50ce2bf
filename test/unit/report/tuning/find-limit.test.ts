import { describe, expect, it } from 'vitest'
import { findLimit, type LimitEvidence } from '../../../../src/report/tuning/find-limit.ts'
import type { TuningRow } from '../../../../src/report/tuning/model.ts'
import type { Breakdown, PhaseName } from '../../../../src/sample/phases.ts'

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
  const limitOf = (rows: readonly TuningRow[], more: Partial<LimitEvidence> = {}) =>
    findLimit({ rows, sizeName: 'connections', ...more }).what
  const where = (phasesMs: Readonly<Partial<Record<PhaseName, number>>>): Breakdown => {
    const phasesUs = Object.fromEntries(Object.entries(phasesMs).map(([name, ms]) => [name, ms * 1_000]))
    return { iterations: 100, untraced: 0, latencyUs: 20_000, phasesUs, otherUs: 0 }
  }
  const queue = [makeRow(1, 50, 20), makeRow(4, 200, 20), makeRow(16, 200, 80)]

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

  it('is the pool when requests wait for a connection', () => {
    expect(limitOf(queue, { where: where({ wait: 15, firstByte: 5 }) })).toBe('pool')
  })

  it('is the link when most of the time is a round trip, known or seen when connecting', () => {
    const growing = [makeRow(1, 50, 20), makeRow(4, 200, 20)]
    expect(limitOf(growing, { where: where({ firstByte: 20 }), roundTripUs: 19_000 })).toBe('link')
    expect(limitOf(growing, { where: where({ firstByte: 20 }), roundTripUs: 200 })).toBe('pool')
    expect(limitOf([], { where: where({ firstByte: 20 }), roundTripUs: 19_000 })).toBe('link')
  })

  it('is the link when bodies take most of the time', () => {
    expect(limitOf(queue, { where: where({ firstByte: 2, body: 18 }) })).toBe('link')
  })

  it('is whoever has no time left, whatever the requests spend theirs on', () => {
    const rows = [makeRow(1, 50, 20), makeRow(4, 200, 20, { eventLoopUtilization: 0.95 })]
    expect(limitOf(rows, { where: where({ body: 18 }) })).toBe('client')
  })

  it('is unknown without a curve', () => {
    expect(limitOf([])).toBe('unknown')
    expect(limitOf([makeRow(1, 50, 20)])).toBe('unknown')
  })
})
