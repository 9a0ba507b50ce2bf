import { describe, expect, it } from 'vitest'
import type { CountedBlock, CounterName } from '../../../src/judge/counter-form.ts'
import { type CounterOptions, judgeCounters } from '../../../src/judge/judge-counters.ts'

interface CountedSketch {
  readonly requests?: number
  readonly opened?: number
  readonly sent?: number
  readonly succeeded?: number
  /** Connections that the process used in this block for the first time. */
  readonly carried?: number
  readonly generation?: number
}

function makeCounted({
  requests = 100,
  opened = 0,
  sent = 100 * requests,
  carried = opened,
  ...rest
}: CountedSketch): CountedBlock {
  const { generation = 0, succeeded = requests } = rest
  const wire = {
    connectionsOpened: opened,
    handshakesFull: 0,
    handshakesResumed: 0,
    requests,
    bytesSent: sent,
    bytesReceived: 300 * requests,
  }
  const newCarriers = { connections: carried, handshakesFull: 0, handshakesResumed: 0 }
  return { generation, succeeded, failed: 0, wire, newCarriers }
}

type Options = Partial<Omit<CounterOptions, 'before' | 'after'>>

function judge(before: readonly CountedSketch[], after: readonly CountedSketch[], options: Options = {}) {
  const sides = { before: before.map(makeCounted), after: after.map(makeCounted) }
  return judgeCounters({ ...sides, workload: { model: 'closed', concurrency: 20 }, target: undefined, ...options })
}

function findingOf(counter: CounterName, ...sides: Parameters<typeof judge>) {
  return judge(...sides).find((finding) => finding.counter === counter)
}

const connections = (...sides: Parameters<typeof judge>) => findingOf('connectionsPerRequest', ...sides)
/** Blocks of so many connections per 100 requests, each of another number of requests. */
const perHundred = (...opened: number[]) =>
  opened.map((share, index) => ({ requests: 100 * (index + 1), opened: share * (index + 1) }))

describe('a ratio that is the same in every block', () => {
  const before = perHundred(100, 100)

  it.each([
    [[101, 100.5], 'worse', 302 / 300, 'more in 2 of 2 blocks'],
    [[101, 50], 'worse', 201 / 300, 'more in 1 of 2 blocks'],
    [[100, 99.5], 'better', 299 / 300, 'less in 1 of 2 blocks'],
    [[100, 100], 'same', 1, 'the same in every block'],
  ])('and then %j of 100: %s', (opened, state, actual, reason) => {
    const finding = { counter: 'connectionsPerRequest', form: 'exact', expected: 1, actual: expect.closeTo(actual, 12) }
    expect(connections(before, perHundred(...opened))).toEqual({ ...finding, state, reason })
  })

  it('may be beyond it by the tolerance, and no further', () => {
    const tolerances = { connectionsPerRequest: 1 }
    expect(connections(before, perHundred(100, 101), { tolerances })).toMatchObject({
      state: 'same',
      reason: 'within the tolerance in every block',
    })
    expect(connections(before, perHundred(100, 101.5), { tolerances })?.state).toBe('worse')
  })

  it('may be none at all', () => {
    const reason = 'the same in every block'
    expect(findingOf('handshakesPerRequest', before, before)).toMatchObject({ form: 'exact', expected: 0, reason })
  })

  it('counts bytes', () => {
    expect(findingOf('bytesSentPerRequest', before, [{ sent: 10_100 }])).toMatchObject({ actual: 101, state: 'worse' })
  })

  it('is known of the other counters though one block does not tell it of the connections', () => {
    const few = { requests: 1_000, opened: 3 }
    const findings = judge([few], [{ ...few, opened: 4, sent: 101_000 }])
    expect(findings).toContainEqual(expect.objectContaining({ counter: 'connectionsPerRequest', state: 'not judged' }))
    expect(findings).toContainEqual(expect.objectContaining({ counter: 'bytesSentPerRequest', state: 'worse' }))
  })

  it('is read from blocks alone that have requests and successes', () => {
    const empty = [
      { requests: 0, succeeded: 5, opened: 7, sent: 1 },
      { requests: 100, succeeded: 0, opened: 7, sent: 1 },
    ]
    expect(judge([...empty, ...before], [...before, ...empty])).toEqual(judge(before, before))
    expect(judge(empty, before)).toEqual([])
    expect(judge(before, empty)).toEqual([])
  })
})

describe('a warm pool', () => {
  const before = [{ carried: 3 }, { carried: 2 }, { carried: 4, generation: 1 }]

  it('is judged by the connections of one process, its handshakes not at all', () => {
    const after = [
      { opened: 2, carried: 7 },
      { generation: 1, carried: 1 },
    ]
    const [finding, ...others] = judge(before, after)
    expect(finding).toEqual({
      ...{ counter: 'connectionsPerRequest', form: 'pool', expected: 5, actual: 7, state: 'worse' },
      reason:
        'a warm pool opened none; now 2 were opened in 200 requests, up to 7 connections in a process that needed 5',
    })
    const unchanged = ['requestsPerIteration', 'bytesSentPerRequest', 'bytesReceivedPerRequest']
    expect(others.map(({ counter }) => counter)).toEqual(unchanged)
  })

  it('may have more connections by the tolerance, and says so', () => {
    const tolerances = { connectionsPerRequest: 20 }
    const needing = (carried: number) => [{ opened: 1, carried }]
    expect(connections(before, needing(6), { tolerances })).toMatchObject({
      ...{ expected: 5, actual: 6, state: 'same' },
      reason: 'up to 6 connections in a process that needed 5: within the tolerance',
    })
    expect(connections(before, needing(7), { tolerances })?.state).toBe('worse')
    expect(connections(before, [{ carried: 7 }], { tolerances })?.reason).toMatch(
      /^none was opened while it was measured/,
    )
  })

  it.each<[CounterOptions['workload'], number]>([
    [{ model: 'closed', concurrency: 20 }, 5],
    [{ model: 'closed', concurrency: 20, thinkTimeMs: 10 }, 20],
    [{ model: 'open', maxInFlight: 40 }, 40],
    [{ model: 'raw' }, 5],
    [{ model: 'raw', concurrency: 20, thinkTimeMs: 10 } as CounterOptions['workload'], 5],
  ])('of %j needs %d', (workload, expected) => {
    expect(connections(before, before, { workload })?.expected).toBe(expected)
  })
})

describe('a count that every block has', () => {
  const perBlock = (...opened: number[]) => opened.map((each, index) => ({ requests: 100 + 7 * index, opened: each }))

  it.each([
    [[4, 4], 'same', 4],
    [[5, 3], 'worse', 5],
    [[3, 2], 'better', 3],
  ])('and then %j: %s', (opened, state, actual) => {
    expect(connections(perBlock(4, 4), perBlock(...opened))).toEqual({
      ...{ counter: 'connectionsPerRequest', form: 'per block', expected: 4, actual, state },
      reason: 'a count that does not depend on the number of requests',
    })
  })

  it('may be larger by the tolerance', () => {
    const tolerances = { connectionsPerRequest: 25 }
    expect(connections(perBlock(4, 4), perBlock(4, 5), { tolerances })?.state).toBe('same')
    expect(connections(perBlock(4, 4), perBlock(4, 6), { tolerances })?.state).toBe('worse')
  })
})

describe('a ratio that varies', () => {
  const eight = perHundred(20, 21, 22, 23, 24, 25, 26, 30)
  const steady = (share: number, count = 8) => perHundred(...Array.from({ length: count }, () => share))

  it.each([
    [20, 'same', 'within'],
    [19, 'better', 'outside'],
    [30, 'same', 'within'],
    [31, 'worse', 'outside'],
  ])('is held to its range: %d of 100 is %s', (share, state, place) => {
    expect(connections(eight, steady(share))).toEqual({
      ...{ counter: 'connectionsPerRequest', form: 'varies', expected: 0.3, actual: share / 100, state },
      reason: `it varies from block to block; the median is ${place} the range that it is held to`,
    })
  })

  it('may be beyond it by the tolerance', () => {
    const tolerances = { connectionsPerRequest: 10 }
    expect(connections(eight, steady(33), { tolerances })?.state).toBe('same')
    expect(connections(eight, steady(34), { tolerances })?.state).toBe('worse')
  })

  it('has no range with fewer than eight blocks of either side', () => {
    const reason = 'it varies, or may, and fewer than 8 blocks tell no range'
    const unjudged = { form: 'varies', state: 'not judged', reason }
    expect(connections(eight, steady(40, 7))).toMatchObject(unjudged)
    expect(connections(eight.slice(0, 7), steady(40))).toMatchObject(unjudged)
    expect(connections(perHundred(100, 150), perHundred(200))).toMatchObject(unjudged)
  })

  it('is worse all the same where every block has more than chance makes', () => {
    const two = perHundred(50, 100)
    const reason = 'in every block more than 5 times the most that it was'
    expect(connections(two, perHundred(600, 510))).toMatchObject({ state: 'worse', reason })
    expect(connections(two, perHundred(600, 504))?.state).toBe('not judged')
    const tolerances = { connectionsPerRequest: 100 }
    expect(connections(two, perHundred(900, 900), { tolerances })?.state).toBe('not judged')
    expect(connections(two, perHundred(1_100, 1_100), { tolerances })?.state).toBe('worse')
  })
})

describe('a target', () => {
  const formOn = (target: object) => connections([{}], [{}], { target: target as CounterOptions['target'] })?.form

  it.each([
    [{ keepAliveTimeoutMs: 5 }, 'varies'],
    [{ faults: { stall: { everyMs: 9, forMs: 1 } } }, 'varies'],
    [{ faults: { errorRate: 0.5 } }, 'varies'],
    [{ faults: { resetRate: 0.5 } }, 'varies'],
    [{ faults: { resetReused: 0.5 } }, 'varies'],
    [{ faults: { resetReused: 1, resetRate: 0 } }, 'pool'],
    [{ faults: { latency: { law: 'constant', meanMs: 1 } } }, 'pool'],
    [{ jitterMs: 3 }, 'pool'],
  ])('with %j: %s', (conditions, form) => {
    expect(formOn({ kind: 'fixture', protocol: 'http', rttMs: 0, conditions })).toBe(form)
  })

  it('that nobody knows, or that is not the fixture server, does nothing by chance', () => {
    expect(connections([{}], [{}], { target: undefined })?.form).toBe('pool')
    expect(formOn({ kind: 'external', origin: 'http://h' })).toBe('pool')
  })
})
