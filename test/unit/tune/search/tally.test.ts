import { describe, expect, it } from 'vitest'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import { brokenTerms, judgeTallies, mergeTallies, tallyObjective } from '../../../../src/tune/search/tally.ts'

const objective = parseObjective('p90<10ms,errors<10%,drops<1%')
const seen = {
  latencies: [
    [5_000, 90],
    [20_000, 10],
  ] as const,
  succeeded: 100,
  failed: 5,
  dropped: 2,
}

describe('tallyObjective', () => {
  it('counts what breaks each condition', () => {
    expect(tallyObjective(objective, seen)).toEqual([
      { broken: 10, of: 100 },
      { broken: 5, of: 105 },
      { broken: 2, of: 107 },
    ])
  })

  it('takes a block without a success for one that breaks every latency', () => {
    const [latency] = tallyObjective(objective, { latencies: [], succeeded: 0, failed: 3, dropped: 0 })
    expect(latency).toEqual({ broken: 3, of: 3 })
    // What succeeded while the queues were filling was counted, and not timed.
    const [untimed] = tallyObjective(objective, { latencies: [], succeeded: 2, failed: 3, dropped: 0 })
    expect(untimed).toEqual({ broken: 3, of: 3 })
  })
})

describe('brokenTerms', () => {
  it('lets a percentile have its share above the limit, and few values one', () => {
    const of = (broken: number, of: number) => brokenTerms(parseObjective('p99<10ms'), [{ broken, of }]).length
    expect([of(1, 20), of(2, 20), of(10, 1_000), of(11, 1_000)]).toEqual([0, 1, 0, 1])
  })

  it('lets nothing exceed a maximum, and no error pass at 0 %', () => {
    expect(brokenTerms(parseObjective('max<10ms'), [{ broken: 1, of: 10_000 }])).toHaveLength(1)
    expect(brokenTerms(parseObjective('errors<0%'), [{ broken: 1, of: 10_000 }])).toHaveLength(1)
    expect(brokenTerms(parseObjective('errors<0%'), [{ broken: 0, of: 10_000 }])).toHaveLength(0)
  })
})

describe('judgeTallies', () => {
  const round = (broken: number) => [{ broken, of: 1_000 }]
  const p99 = parseObjective('p99<10ms')

  it('judges all rounds taken together, and says whether more could tell otherwise', () => {
    expect(mergeTallies([round(1), round(2)])).toEqual([{ broken: 3, of: 2_000 }])
    expect(judgeTallies(p99, [round(1), round(1), round(1)])).toMatchObject({ isMet: true, isClear: false })
    expect(judgeTallies(p99, [round(1), round(1), round(1), round(1)])).toMatchObject({ isMet: true, isClear: true })
    expect(judgeTallies(p99, [round(50), round(50), round(50), round(50)])).toMatchObject({
      isMet: false,
      isClear: true,
    })
    expect(judgeTallies(p99, [round(50), round(1), round(50), round(1)])).toMatchObject({
      isMet: false,
      isClear: false,
    })
  })

  it('is clear after two rounds without a flaw in any condition, and not after one', () => {
    const two = parseObjective('errors<1%,drops<1%')
    const of = (errors: number, drops: number) => [
      { broken: errors, of: 1_000 },
      { broken: drops, of: 1_000 },
    ]
    expect(judgeTallies(two, [of(0, 0)]).isClear).toBe(false)
    expect(judgeTallies(two, [of(0, 0), of(0, 0)]).isClear).toBe(true)
    expect(judgeTallies(two, [of(0, 0), of(0, 1)]).isClear).toBe(false)
  })

  it('is clear where it is missed tenfold at once, or threefold in each of several rounds', () => {
    const errors = parseObjective('errors<1%')
    const isClear = (...broken: number[]) => judgeTallies(errors, broken.map(round)).isClear
    expect([isClear(99), isClear(100), isClear(29, 30), isClear(30, 30)]).toEqual([false, true, false, true])
    // Not in each of them.
    expect(isClear(200, 5)).toBe(false)
    expect(judgeTallies(errors, [round(200), round(5)])).toMatchObject({ isMet: false, broken: errors })
    // Two rounds of good and bad luck are no agreement, nor are three of four.
    expect([isClear(11, 5), isClear(5, 11, 5, 5), isClear(5, 5, 5, 5)]).toEqual([false, false, true])
  })

  it('meets no objective at once and clearly', () => {
    expect(judgeTallies([], [[]])).toMatchObject({ isMet: true, isClear: true })
  })
})
