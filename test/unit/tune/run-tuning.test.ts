import { describe, expect, it } from 'vitest'
import { ArmFailure } from '../../../src/arm/arm-failure.ts'
import { tuningSchema } from '../../../src/tune/report/model.ts'
import { knownTargets } from '../../proofs/tune/known-targets.ts'
import { type SimulationOptions, simulateTuning } from '../../proofs/tune/simulate-tuning.ts'

const [fourWorkers] = knownTargets as [(typeof knownTargets)[number]]
const simulate = (options: Partial<SimulationOptions>) => simulateTuning(fourWorkers, { seed: 1, ...options })

/** Something goes wrong in this block, counted from the start. */
const at = (block: number, wrong: () => 'hang' | undefined) => (count: number) =>
  count === block ? wrong() : undefined
const crash = (message: string) => () => {
  throw new ArmFailure(message)
}

describe('a tuning that something goes wrong with', () => {
  // A first round has fourteen blocks, two of each size; then come fewer, then what is tried for the limit, then rates.
  it.each([
    ['in its first round', 10, 1],
    ['in its second', 16, 2],
  ])('keeps what it knows of a client that crashes %s', async (_, block, rounds) => {
    const { run, tuning, text } = await simulate({ onBlock: at(block, crash('the arm process ended (SIGKILL)')) })
    expect(run.end).toEqual({ state: 'failed', message: 'the arm process ended (SIGKILL)' })
    expect(run.bug).toBeUndefined()
    expect(tuningSchema.parse(tuning).sizes.length).toBeGreaterThanOrEqual(1)
    expect(run.rounds.length).toBeGreaterThanOrEqual(rounds)
    expect(text).toMatch(/the arm process ended \(SIGKILL\); this is what was known by then/)
    expect(text).toMatch(/connections=4 +1\d\d/)
  })

  it('keeps what it knows of a client that hangs, and does not wait for long', async () => {
    const { run, tuning } = await simulate({ onBlock: at(16, () => 'hang') })
    expect(run.end).toMatchObject({ state: 'failed', message: expect.stringMatching(/hung/) })
    expect(tuning.sizes.length).toBeGreaterThan(3)
    expect(run.elapsedMs).toBeLessThan(60_000)
  })

  it('says when the target stopped taking connections, and counts nothing of that', async () => {
    const { run, tuning } = await simulate({ server: { diesAtMs: 22_000 } })
    expect(run.end.state).toBe('failed')
    expect(run.end).toMatchObject({
      message: expect.stringMatching(/^the target stopped taking connections 2[12]\.\d s into the tuning: refused/),
    })
    expect(tuning.sizes.every(({ failed }) => failed === 0)).toBe(true)
    expect(tuning.answer.state).not.toBe('none')
    expect(run.elapsedMs).toBeLessThan(30_000)
  })

  it.each([9_000, 13_000, 17_000, 19_000, 21_000, 23_000, 25_000, 29_000])(
    'counts nothing of that wherever it was, as after %i ms',
    async (diesAtMs) => {
      const { run, tuning } = await simulate({ server: { diesAtMs } })
      expect(run.end.state).toBe('failed')
      const failing = [...tuning.sizes, ...tuning.rates].filter(({ failed }) => failed > 0)
      expect(failing).toEqual([])
    },
  )

  it('keeps what it knows when it is interrupted in the middle of a round', async () => {
    const interrupt = new AbortController()
    const stop = () => {
      interrupt.abort()
      throw interrupt.signal.reason
    }
    const { run, tuning, text } = await simulate({ signal: interrupt.signal, onBlock: at(10, stop) })
    expect(run.end).toEqual({ state: 'interrupted' })
    expect(tuning.partial).toBe(true)
    expect(tuning.sizes.length).toBeGreaterThan(3)
    expect(text).toMatch(/interrupted: this is what was known by then/)
  })

  it('keeps what it knows when it has a bug, and says so', async () => {
    const bug = new TypeError('undefined is no setting')
    const wrong = () => {
      throw bug
    }
    const { run, tuning } = await simulate({ onBlock: at(16, wrong) })
    expect(run.bug).toBe(bug)
    expect(run.end).toMatchObject({ state: 'failed', message: expect.stringMatching(/has a bug/) })
    expect(tuning.sizes.length).toBeGreaterThan(3)
  })

  it('keeps to its budget', async () => {
    for (const budgetMs of [20_000, 45_000]) {
      const { run } = await simulateTuning({ ...fourWorkers, budgetMs }, { seed: 1 })
      expect(run.elapsedMs).toBeLessThanOrEqual(budgetMs * 1.25)
    }
  })
})

describe('a tuning of a page that takes a second', () => {
  const slow = { ...fourWorkers, name: 'slow', server: { delayMs: 1_000 } }
  const enough = { state: expect.stringMatching(/recommended|likely/), params: { connections: 64 } }

  it('keeps to its budget, and finds that all connections are wanted', async () => {
    const { run, tuning } = await simulateTuning({ ...slow, budgetMs: 60_000 }, { seed: 1 })
    expect(run.elapsedMs).toBeLessThanOrEqual(60_000)
    expect(tuning.answer).toMatchObject(enough)
    expect(tuning.sizes.every(({ failed }) => failed === 0)).toBe(true)
  })

  it('does not try sizes at which 64 requests would wait for longer than they may take, and says so', async () => {
    const { run, tuning, text } = await simulateTuning({ ...slow, concurrency: 64, budgetMs: 45_000 }, { seed: 1 })
    expect(run.elapsedMs).toBeLessThanOrEqual(45_000)
    expect(tuning.answer).toMatchObject(enough)
    expect(tuning.sizes.every(({ failed }) => failed === 0)).toBe(true)
    expect(text).toMatch(
      /4 connections and fewer were not tried: an answer takes 1,0\d\d(\.\d)? ms, so that of 64 requests under way each would wait there for longer than the 10 s it may take/,
    )
  })

  it('ends soon after its budget where every request waits in the server too', async () => {
    const server = { workers: 4, serviceMs: 1_000 }
    const { run } = await simulateTuning({ ...slow, server, concurrency: 64, budgetMs: 45_000 }, { seed: 1 })
    expect(run.elapsedMs).toBeLessThanOrEqual(45_000 * 1.4)
  })

  it('says at once when no two sizes can be compared in the time, and what would do', async () => {
    const { run, text } = await simulateTuning({ ...slow, concurrency: 64, budgetMs: 20_000 }, { seed: 1 })
    expect(run.elapsedMs).toBeLessThan(5_000)
    expect(run.end.state).toBe('failed')
    expect(text).toMatch(
      /a budget of 20 s is too short: an answer takes 1 s here, so that to compare two sizes once takes about 3\d s; try --budget \d+s/,
    )
  })
})
