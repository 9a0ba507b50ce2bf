import { describe, expect, it } from 'vitest'
import { studentQuantile } from '../../../../src/statistics/student-t.ts'
import { gainConfidence, stateOf } from '../../../../src/tune/search/judge-gain.ts'
import { gainOf, isTold, type ProbeKind, type ProbeRound, probesOf } from '../../../../src/tune/search/limit-probe.ts'

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
    expect(probesOf([[...round('n=8', 100), ...round('n=6', 100)]], 'n=8')).toEqual([])
  })

  it('takes what names no size for that of the only one', () => {
    expect(probesOf([round(undefined, 100)], 'n=8')).toHaveLength(1)
  })
})

describe('gainOf', () => {
  it('has limits that say how well it is known', () => {
    const rounds = [95, 105, 100].map((larger) => round('n=8', larger))
    const gain = gainOf(rounds, 'larger')
    // Six values, two levels and three rounds less one in common: two degrees of freedom are too few.
    expect(gain).toBeUndefined()
    const four = gainOf([...rounds, round('n=8', 100)], 'larger')
    const logs = [95, 105, 100, 100].map((larger) => Math.log(larger / 100))
    const middle = logs.reduce((sum, log) => sum + log, 0) / 4
    const squares = logs.reduce((sum, log) => sum + (log - middle) ** 2 / 2, 0)
    const half = studentQuantile(gainConfidence, 3) * Math.sqrt(squares / 3) * Math.sqrt(1 / 4 + 1 / 4)
    expect(four?.gain).toBeCloseTo(Math.expm1(middle), 9)
    expect(four?.low).toBeCloseTo(Math.expm1(middle - half), 9)
    expect(four?.high).toBeCloseTo(Math.expm1(middle + half), 9)
  })

  it('is not known of what was not tried', () => {
    const rounds = Array<ProbeRound>(5).fill(round('n=8', 100))
    expect(gainOf(rounds, 'process')).toBeUndefined()
    expect(gainOf(rounds, 'larger', 'process')).toBeUndefined()
  })

  it('is of as many rounds as each was tried in', () => {
    const both = [98, 102, 100, 100, 99, 101].map((larger) => round('n=8', larger))
    const less = both.map((one, at) => (at < 4 ? one : one.slice(0, 1)))
    const widthOf = (rounds: readonly ProbeRound[]) => {
      const { low, high } = gainOf(rounds, 'larger') ?? { low: 0, high: 0 }
      return high - low
    }
    expect(widthOf(less)).toBeGreaterThan(widthOf(both))
  })
})

describe('stateOf', () => {
  it.each([
    [undefined, 'unclear'],
    [{ gain: 0.01, low: -0.01, high: 0.029 }, 'no more'],
    [{ gain: 0.01, low: -0.01, high: 0.03 }, 'unclear'],
    [{ gain: 0.05, low: 0.029, high: 0.07 }, 'unclear'],
    [{ gain: 0.05, low: 0.03, high: 0.07 }, 'more'],
  ])('%j is %s', (gain, state) => expect(stateOf(gain)).toBe(state))
})

describe('isTold', () => {
  const kinds = ['same', 'larger'] as const
  const times = (count: number, ...larger: number[]) => {
    return Array.from({ length: count }, (_, at) => round('n=8', larger[at % larger.length] as number))
  }

  it('is so once each kind has been told, after three rounds', () => {
    const three = times(3, 150).map((one) => [...one, { ...(one[0] as ProbeRound[number]), kind: 'process' as const }])
    expect(isTold(three, [...kinds, 'process'])).toBe(true)
    expect(isTold(three.slice(0, 2), [...kinds, 'process'])).toBe(false)
    expect(isTold(times(4, 150), kinds)).toBe(true)
    // Two rounds of four kinds could tell, and are too few.
    const four = three.map((one) => [...one, { ...(one[0] as ProbeRound[number]), kind: 'busier' as const }])
    expect(gainOf(four.slice(0, 2), 'larger')).toBeDefined()
    expect(isTold(four.slice(0, 2), kinds)).toBe(false)
  })

  it('asks nothing of what the others are held against', () => {
    const rounds = times(6, 150, 250)
    expect([stateOf(gainOf(rounds, 'larger')), stateOf(gainOf(rounds, 'same'))]).toEqual(['more', 'unclear'])
    expect(isTold(rounds, kinds)).toBe(true)
  })

  it('is not while one of them is unclear, until ten rounds', () => {
    expect(isTold(times(9, 80, 125), kinds)).toBe(false)
    expect(isTold(times(10, 80, 125), kinds)).toBe(true)
    expect(isTold(times(4, 150), [...kinds, 'busier'])).toBe(false)
  })
})
