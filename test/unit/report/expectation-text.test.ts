import { describe, expect, it } from 'vitest'
import type { RoundTripRow } from '../../../src/document/round-trip-row.ts'
import { renderRoundTripModel } from '../../../src/report/expectation-text.ts'
import { plain } from '../../../src/words/paint.ts'

const row: RoundTripRow = {
  ...{ comparison: 'http, 20 ms RTT', arm: 'stateless', roundTrips: 2, rttMs: 20, localUs: 500 },
  ...{ modelUs: 40_500, measuredUs: 40_600, differs: 0.002, linkLateUs: 20, othersCpuShare: 0.01 },
  ...{ ratio: null, cameOut: null, reasons: [] },
}
const session: RoundTripRow = {
  ...row,
  ...{ arm: 'session', roundTrips: 1, modelUs: 20_300, measuredUs: 20_400, differs: 0.005, cameOut: true },
  ratio: { baseline: 'stateless', model: 1.995, measured: 1.99 },
}

function ratioOf(changes: Partial<RoundTripRow>, ofBaseline: Partial<RoundTripRow> = {}): string {
  const roundTripModel = [
    { ...row, ...ofBaseline },
    { ...session, ...changes },
  ]
  const scenario = { roundTripModel, comparisons: [] } as unknown as Parameters<typeof renderRoundTripModel>[0]
  const lines = renderRoundTripModel(scenario, { width: 1_000, paint: plain })
  return lines.find((line) => line.includes('÷')) ?? ''
}

describe('the ratio beside the model', () => {
  it('has three digits where link and model were kept', () => {
    expect(ratioOf({})).toBe('http, 20 ms RTT: stateless ÷ session by the model 2.00×, measured 1.99×')
    expect(ratioOf({ linkLateUs: null, othersCpuShare: 0.9 })).toContain('measured 1.99×')
  })

  it('is rough where the link was late, and says how late', () => {
    expect(ratioOf({ linkLateUs: 210 })).toBe(
      'http, 20 ms RTT: stateless ÷ session by the model about 2×, measured about 2×; this machine woke up late: a round trip over the link took 0.210 ms longer than its 20 ms at the median',
    )
  })

  it('says nothing of what an earlier version did not write down', () => {
    const { linkLateUs: _, othersCpuShare: __, ...earlier } = row
    const roundTripModel = [
      earlier,
      { ...session, ...{ linkLateUs: undefined, othersCpuShare: undefined }, differs: 0.021 },
    ]
    const scenario = { roundTripModel, comparisons: [] } as unknown as Parameters<typeof renderRoundTripModel>[0]
    const text = renderRoundTripModel(scenario, { width: 1_000, paint: plain }).join('\n')
    expect(text).not.toContain('at the same pace')
    expect(text).toMatch(/measured about 2×$/m)
  })

  it('is rough where either arm is further from the model, and names who else was at work if anybody was', () => {
    expect(ratioOf({ differs: 0.021 })).toMatch(/about 2×, measured about 2×$/)
    expect(ratioOf({ othersCpuShare: 0.3 }, { differs: -0.03 })).toMatch(
      /measured about 2×; others used 30 % of this machine's CPU time meanwhile: what sleeps may wake up late beside them$/,
    )
  })
})
