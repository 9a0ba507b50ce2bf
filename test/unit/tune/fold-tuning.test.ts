import { describe, expect, it } from 'vitest'
import { ArmFailure } from '../../../src/arm/arm-failure.ts'
import { foldTuning } from '../../../src/tune/fold-tuning.ts'
import { renderTuningJson, tuningSchema } from '../../../src/tune/report/model.ts'
import { makePlannedTuning, type TuningEvent, tuningEventSchema } from '../../../src/tune/tuning-event.ts'
import { knownTargets } from '../../proofs/tune/known-targets.ts'
import { simulateTuning } from '../../proofs/tune/simulate-tuning.ts'

const [fourWorkers] = knownTargets as [(typeof knownTargets)[number]]
const slow = { ...fourWorkers, name: 'slow', server: { delayMs: 1_000 }, concurrency: 64, budgetMs: 45_000 }
const at = (block: number) => (count: number) => {
  if (count === block) throw new ArmFailure('the arm process ended')
  return undefined
}

const throughText = (events: readonly TuningEvent[]) =>
  events.map((event) => {
    const read: unknown = JSON.parse(JSON.stringify(event))
    tuningEventSchema.parse(read)
    return read as TuningEvent
  })

it('keeps to itself what a page is asked for', async () => {
  const { events, run } = await simulateTuning(fourWorkers, { seed: 1, isTold: true })
  const plan = { ...run.plan, fixedParams: { path: '/page?token=hunter2', userAgent: 'x' } }
  const frame = { startedAt: '2026-01-01T00:00:00.000Z', environment: planOf(events).environment }
  expect(makePlannedTuning(plan, frame).plan.fixedParams).toEqual({ path: '', userAgent: 'x' })
  expect(JSON.stringify(makePlannedTuning(plan, frame))).not.toContain('hunter2')
})

function planOf([first]: readonly TuningEvent[]) {
  if (first?.kind !== 'planned') throw new Error('a tuning begins with what is planned')
  return first
}

describe('foldTuning', () => {
  it.each<[string, typeof fourWorkers, Omit<Parameters<typeof simulateTuning>[1], 'seed'>]>([
    ['comes to its end', fourWorkers, {}],
    ['is of a slow page, of which sizes are left out', slow, {}],
    ['has a client that crashes', fourWorkers, { onBlock: at(16) }],
    ['has a target that stops answering', fourWorkers, { server: { diesAtMs: 22_000 } }],
  ])(
    'makes the document of a tuning that %s, to the byte, also of what was written and read',
    async (_, target, options) => {
      const { tuning, events } = await simulateTuning(target, { seed: 1, isTold: true, ...options })
      expect(renderTuningJson(foldTuning(throughText(events)))).toBe(renderTuningJson(tuning))
    },
  )

  it('makes one of every part of it, as of a tuning that was interrupted', async () => {
    const { events } = await simulateTuning(fourWorkers, { seed: 1, isTold: true })
    const blocks = (told: readonly TuningEvent[]) => told.filter(({ kind }) => kind === 'block').length
    for (let count = 1; count < events.length; count += 7) {
      const part = events.slice(0, count)
      const tuning = tuningSchema.parse(foldTuning(part))
      expect(tuning.partial).toBe(true)
      expect(tuning.ledger?.blocksChecked ?? 0).toBeLessThanOrEqual(blocks(part))
      expect(tuning.sizes.length > 0).toBe(blocks(part) > 0)
    }
  })
})
