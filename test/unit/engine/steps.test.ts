import { describe, expect, it } from 'vitest'
import { type ClosedLoopOptions, runClosedLoop } from '../../../src/engine/closed-loop.ts'
import { makeStepTally, mostStepNames } from '../../../src/engine/steps.ts'
import { makeFakeClock } from './fake-clock.ts'

function runOnce(makeRun: (clock: ReturnType<typeof makeFakeClock>) => ClosedLoopOptions['run'], iterations = 4) {
  const clock = makeFakeClock()
  const options = { concurrency: 1, durationMs: 60_000, iterationTimeoutMs: 1_000, iterations, clock }
  return clock.drive(runClosedLoop({ ...options, run: makeRun(clock) }))
}

describe('the steps of iterations', () => {
  it('are timed and counted by name, apart from the iteration', async () => {
    const result = await runOnce((clock) => async (_, { step }) => {
      await step('login', () => clock.sleep(30))
      await clock.sleep(5)
      await step('read', () => clock.sleep(10))
      await step('read', () => clock.sleep(20))
    })
    expect(result).toMatchObject({ succeeded: 4, elapsedMs: 260 })
    expect(result.service.maxUs).toBe(65_000)
    expect(result.steps.map(({ name, succeeded, failed }) => ({ name, succeeded, failed }))).toEqual([
      { name: 'login', succeeded: 4, failed: 0 },
      { name: 'read', succeeded: 8, failed: 0 },
    ])
    expect(result.steps.map(({ service }) => service.maxUs)).toEqual([30_000, 20_000])
  })

  it('read a response to its end and fail on its status, and the iteration with them', async () => {
    let read = 0
    const result = await runOnce((clock) => async (_, { step, index }) => {
      const bytes = async () => {
        await clock.sleep(7)
        read++
      }
      const response = await step('get', async () => ({ status: index % 2 === 0 ? 200 : 503, bytes }))
      expect(response.status).toBe(200)
    })
    expect(read).toBe(4)
    expect(result).toMatchObject({ succeeded: 2, failed: 2, failures: [{ code: 'status', count: 2 }] })
    expect(result.steps).toMatchObject([{ name: 'get', succeeded: 2, failed: 2 }])
    expect(result.steps[0]?.service.maxUs).toBe(7_000)
  })

  it('may fail without their iteration when it catches them', async () => {
    const result = await runOnce(() => async (_, { step }) => {
      await step('maybe', () => Promise.reject(new Error('no'))).catch(() => {})
    })
    expect(result).toMatchObject({ succeeded: 4, failed: 0, steps: [{ name: 'maybe', succeeded: 0, failed: 4 }] })
  })

  it('must be awaited: one that is still under way fails its iteration', async () => {
    const result = await runOnce(
      (clock) =>
        async (_, { step }) =>
          void step('later', () => clock.sleep(1)),
    )
    expect(result).toMatchObject({ succeeded: 0, failed: 4 })
    expect(result.failures[0]?.message).toContain("the step 'later' was still under way at the end of its iteration")
  })

  it('are bounded by a number of names; one more ends the run and says why', async () => {
    const run = runOnce(
      () =>
        (_, { step, index }) =>
          step(`item ${index}`, () => {}),
      mostStepNames + 1,
    )
    await expect(run).rejects.toThrow(`'item ${mostStepNames}' is one more than the 32 names`)
    expect(
      (
        await runOnce(
          () =>
            (_, { step, index }) =>
              step(`item ${index}`, () => {}),
          32,
        )
      ).steps,
    ).toHaveLength(32)
  })

  it.each(['', 'x'.repeat(41), 5 as never])('cannot be called %j', (name) => {
    const tally = makeStepTally()
    expect(() => tally.admit(name)).toThrow('expected a name of 1 to 40 characters')
    expect(tally.fault?.message).toContain('expected a name')
  })
})
