import { describe, expect, it } from 'vitest'
import { gainOf, type ProbeKind, type ProbeRound, probesOf } from '../../../src/capacity/limit-probe.ts'

const round = (settingId: string | undefined, larger: number): ProbeRound =>
  (['same', 'larger'] as const).map((kind: ProbeKind) => ({
    ...{ kind, perSecond: kind === 'larger' ? larger : 100, p50Us: 1_000, succeeded: 100, failed: 0 },
    ...{ clientBusy: 0.1, machineIdle: 0.5, ...(settingId !== undefined && { settingId }) },
  }))

describe('probesOf', () => {
  it('tells nothing of a size by what was tried beside another', () => {
    const rounds = [...Array(4).fill(round('n=8', 100)), ...Array(4).fill(round('n=6', 120))]
    expect(gainOf(probesOf(rounds, 'n=8'), 'larger')?.gain).toBeCloseTo(0, 9)
    expect(gainOf(probesOf(rounds, 'n=6'), 'larger')?.gain).toBeCloseTo(0.2, 9)
    expect(probesOf(rounds, 'n=4')).toEqual([])
  })

  it('takes what names no size for that of the only one', () => {
    expect(probesOf([round(undefined, 100)], 'n=8')).toHaveLength(1)
  })
})
