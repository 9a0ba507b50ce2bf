import { afterEach, expect, it, vi } from 'vitest'
import { fold } from '../../../src/document/fold.ts'
import { type RunEvent, runEventSchema } from '../../../src/document/run-event.ts'
import { measurePlans } from '../../../src/run/measure-plans.ts'
import { takeTimes } from '../../../src/run/take-times.ts'
import { collect } from './collect.ts'
import { makeTableHost } from './table-host.ts'

afterEach(() => void vi.useRealTimers())

const signal = new AbortController().signal
const { host } = makeTableHost({})

it('takes as long as it takes, whoever sets the clock meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2030-01-01T12:00:00Z') })
  const events: RunEvent[] = []
  for await (const event of measurePlans([], { workingFolder: '.', seed: 1, host, signal })) {
    vi.setSystemTime(Date.parse('2030-01-01T11:00:00Z'))
    events.push(runEventSchema.parse(event))
  }
  const { startedAt, elapsedMs } = fold(events)
  expect(startedAt).toBe('2030-01-01T12:00:00.000Z')
  expect(elapsedMs).toBeGreaterThanOrEqual(0)
  expect(events.every(({ atMs }, index) => atMs >= (events[index - 1]?.atMs ?? 0))).toBe(true)
})

it('says that nobody waited for its end when it was interrupted before there was a plan', async () => {
  const events = await collect(measurePlans([], { workingFolder: '.', seed: 1, host, signal: AbortSignal.abort() }))
  expect(events.map(({ kind }) => kind)).toEqual(['planned', 'run-ended'])
  expect(fold(events)).toMatchObject({ partial: true, scenarios: [] })
})

it('tells a bug before it throws it, but nothing of what never began', async () => {
  const bug = new Error('impossible')
  const hear = async (isBegun: boolean) => {
    const told: RunEvent[] = []
    const telling = takeTimes<RunEvent>(async function* () {
      if (isBegun) yield { kind: 'note', scenario: 0, text: 'so far, so good' }
      throw bug
    })
    const error = await (async () => {
      for await (const event of telling) told.push(event)
    })().catch((thrown: unknown) => thrown)
    return { told, error }
  }
  expect(await hear(false)).toEqual({ told: [], error: bug })
  const { told, error } = await hear(true)
  expect(error).toBe(bug)
  expect(told[1]).toMatchObject({ kind: 'failure', code: 'BUG', message: 'impossible' })
})
