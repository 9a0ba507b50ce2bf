import { expect, it } from 'vitest'
import { type IterationSlot, withinTimeouts } from '../../../src/engine/iteration-slot.ts'
import { makeFakeClock } from './fake-clock.ts'

/** What is said of an iteration that never ends, in a process that can do nothing for `blockedMs` at a time. */
async function saidOf(blockedMs: number): Promise<string> {
  const clock = makeFakeClock()
  const stuck: IterationSlot = {
    run: async () => {},
    checkTimeout: () => clock.block(blockedMs),
    isUnderWay: () => true,
  }
  const limits = { clock, iterationTimeoutMs: 1_000, deadline: { atMs: 5_000 }, answers: { lastMs: 0, aborted: 1 } }
  const work = withinTimeouts([stuck], limits, () => new Promise(() => {}))
  return clock.drive(work).then(
    () => 'it ended',
    (error: Error) => error.message,
  )
}

it('a target or a wait is named for iterations that do not end, where the process had time to see it', async () => {
  const said = await saidOf(0)
  expect(said).toMatch(
    /^1 iteration was .*\(hung\); none ended by itself in the last 6\.\d s\. Either the target no longer/,
  )
  expect(said).not.toMatch(/blocked/)
})

it('a blocked event loop is, and no target, where it had none', async () => {
  const said = await saidOf(2_500)
  expect(said).toMatch(/The event loop was blocked for 2\.\d s at a time: something in the variant computes or waits/)
  expect(said).not.toMatch(/target/)
})
