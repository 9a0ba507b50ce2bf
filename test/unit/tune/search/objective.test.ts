import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../../src/bench-error.ts'
import { parseObjective } from '../../../../src/tune/search/objective.ts'

describe('parseObjective', () => {
  it.each([
    ['p99<50ms', [{ metric: { kind: 'latency', percentile: 99 }, limit: 50_000, text: 'p99<50ms' }]],
    [
      'latency.p99.9 <= 1s',
      [{ metric: { kind: 'latency', percentile: 99.9 }, limit: 1e6, text: 'latency.p99.9 <= 1s' }],
    ],
    ['max<250us', [{ metric: { kind: 'latency', percentile: 100 }, limit: 250, text: 'max<250us' }]],
    ['errors<0.1%', [{ metric: { kind: 'errors' }, limit: 0.001, text: 'errors<0.1%' }]],
    ['p99.95<1.25ms', [{ metric: { kind: 'latency', percentile: 99.95 }, limit: 1_250, text: 'p99.95<1.25ms' }]],
    ['errors<100%', [{ metric: { kind: 'errors' }, limit: 1, text: 'errors<100%' }]],
    ['drops<0.5', [{ metric: { kind: 'drops' }, limit: 0.5, text: 'drops<0.5' }]],
  ])('reads %s', (text, terms) => expect(parseObjective(text)).toEqual(terms))

  it('reads several conditions', () => expect(parseObjective('p50<1ms, p99<50ms ,errors<1%')).toHaveLength(3))

  it.each([
    ['', "'' is not a condition"],
    ['p99>50ms', "'p99>50ms' is not a condition"],
    ['p99<50', 'wants a unit of time'],
    ['p99<50%', 'wants a unit of time'],
    ['p99<0ms', 'can never hold'],
    ['errors<5ms', 'wants a percentage'],
    ['errors<101%', 'at most 100 %'],
    ['p999<1ms', 'is not a condition'],
    ['latency.errors<1%', "'latency.errors<1%' is not a condition"],
    ['throughput<5', 'is not a condition'],
    ['my p99<5ms', "'my p99<5ms' is not a condition"],
    ['p99<5msec', "'p99<5msec' is not a condition"],
    [
      'p99>1ms,p50>1ms',
      "'p99>1ms' is not a condition; 'p50>1ms' is not a condition. Expected e.g. p99<50ms,errors<0.1%",
    ],
  ])('refuses %j', (text, words) => {
    expect(() => parseObjective(text)).toThrow(UsageError)
    expect(() => parseObjective(text)).toThrow(words)
  })

  it('names every wrong condition at once', () => expect(() => parseObjective('a,p99<1ms,b')).toThrow(/'a'.*'b'/))
})
