import { describe, expect, it } from 'vitest'
import type { ArmRequest } from '../../../src/arm/messages.ts'
import { fold } from '../../../src/document/fold.ts'
import { tellRun } from '../../../src/run/run.ts'
import type { MicroScenario } from '../../../src/scenario/engines.ts'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { makeBlock } from '../judge/make-block.ts'
import { collect } from './collect.ts'
import { type AnswerTable, type HostCall, makeTableHost } from './table-host.ts'

// A scenario that no process has: what a run knows of it, and of its arms, is what the host says.
const scenario: MicroScenario = {
  engine: 'micro',
  question: 'Is the one faster than the other?',
  baseline: 'slow',
  isolation: 'shared',
  variants: { slow: () => () => {}, fast: () => () => {} },
}
const url = 'file:///nowhere/made-up.ts'
const description = resolveScenario(scenario, { name: 'made-up', url })

const quick = { warmUpMs: 1, maxRounds: 3, budgetMs: 60_000, seed: 7 }
const p50sUs: Readonly<Record<string, number>> = { slow: 200, fast: 100 }

/** Says of each block what the table says of its arm, on a clock that only blocks move. */
function makeTable(changes: AnswerTable = {}): AnswerTable {
  let nextIndex = 0
  return {
    describe: () => ({ kind: 'described', scenario: description, fallbacks: [] }),
    open: () => ({ kind: 'opened' }),
    block({ arm, durationMs }) {
      const p50Us = p50sUs[arm] as number
      const succeeded = 10_000
      nextIndex += succeeded
      const block = makeBlock({ arm, p50Us, succeeded, elapsedMs: durationMs, workMs: durationMs })
      return { kind: 'block', block, startedAtMs: 0, nextIndex, workers: 1 }
    },
    close: () => ({ kind: 'closed' }),
    ...changes,
  }
}

const asked = <Kind extends ArmRequest['kind']>(calls: readonly HostCall[], kind: Kind) =>
  calls.flatMap((call) => (call.did === 'ask' && call.request.kind === kind ? [call] : []))

async function runOn(table: AnswerTable, options: object = {}) {
  const { host, calls } = makeTableHost(table)
  const events = await collect(tellRun(['session-parts'], { ...quick, ...options, host }))
  return { events, calls, results: fold(events) }
}

describe('a run on a host that answers from a table', () => {
  it('measures what the host says, on nothing but what was handed in', async () => {
    const { results, calls } = await runOn(makeTable())
    const [comparison] = results.scenarios.flatMap(({ comparisons }) => comparisons)
    expect(results.scenarios[0]?.name).toBe('made-up')
    expect(comparison?.end).toEqual({ state: 'bound reached' })
    const p50s = comparison?.blocks.map(({ arm, p50Us }) => [arm, p50Us])
    expect(p50s).toHaveLength(12)
    expect(new Set(p50s?.map(String))).toEqual(new Set(['slow,200', 'fast,100']))
    expect(calls.map(({ did }) => did).filter((did) => did !== 'ask')).toEqual(['open', 'end', 'open', 'end'])
  })

  it('opens the arms of one process by one message, with all that is to be known of them', async () => {
    const { calls } = await runOn(makeTable())
    expect(asked(calls, 'open').map(({ request }) => request)).toEqual([
      {
        ...{ kind: 'open', scenarioUrl: url, imports: [], variantPer: 'process', phases: false },
        arms: [expect.objectContaining({ id: 'slow' }), expect.objectContaining({ id: 'fast' })],
        target: { profile: expect.objectContaining({ kind: 'none' }), origin: '', access: {}, proxies: undefined },
        workload: description.workload,
        reach: { hosts: [], maxRate: expect.any(Number), maxConnections: expect.any(Number) },
        seed: expect.any(Number),
      },
    ])
  })

  it('has a process for each arm and generation where they shall not share one, one more for what was described', async () => {
    const { calls, results } = await runOn(makeTable(), { isolation: 'process', generations: 2, maxRounds: 1 })
    const opened = calls.filter(({ did }) => did === 'open')
    expect(opened).toHaveLength(1 + 2 * 2)
    const ended = calls.filter(({ did }) => did === 'end').map(({ process }) => process)
    expect(ended.toSorted()).toEqual(opened.map(({ process }) => process))
    const [comparison] = results.scenarios.flatMap(({ comparisons }) => comparisons)
    expect(comparison?.blocks).toHaveLength(2 * 4)
  })

  it('asks for as many processes as share the load', async () => {
    const many = resolveScenario({ ...scenario, engine: undefined, workload: { concurrency: 4 } } as never, {
      name: 'a',
      url,
    })
    const { calls } = await runOn(
      makeTable({ describe: () => ({ kind: 'described', scenario: many, fallbacks: [] }) }),
      { processes: 3, externalOrigin: 'http://127.0.0.1:1' },
    )
    expect(calls.filter(({ did }) => did === 'open')).toMatchObject([{ processes: 1 }, { processes: 3 }])
  })

  it.each([
    [
      'fails',
      { kind: 'failed', message: 'the arm process ended' },
      { state: 'failed', message: 'the arm process ended' },
    ],
    [
      'stops for a server',
      { kind: 'stopped', message: 'stopped: enough' },
      { state: 'stopped', message: 'stopped: enough' },
    ],
  ] as const)('says so when an arm %s, keeps what there was, and leaves no process open', async (_, reply, end) => {
    let measured = 0
    const table = makeTable()
    const { results, calls } = await runOn({
      ...table,
      block: (request) => (request.phase === 'measure' && measured++ === 5 ? reply : (table.block?.(request) ?? reply)),
    })
    const [comparison] = results.scenarios.flatMap(({ comparisons }) => comparisons)
    expect(comparison?.end).toEqual(end)
    expect(comparison?.blocks).toHaveLength(5)
    expect(calls.at(-1)).toMatchObject({ did: 'end' })
  })
})
