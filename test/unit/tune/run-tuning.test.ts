import { describe, expect, it } from 'vitest'
import { ArmFailure } from '../../../src/arm/supervisor.ts'
import { tuningSchema } from '../../../src/report/tuning/model.ts'
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
