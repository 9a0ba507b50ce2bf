import { describe, expect, it } from 'vitest'
import { tuningSchema } from '../../../src/tune/report/model.ts'
import { judgeTuning } from '../../proofs/tune/judge-tuning.ts'
import { knownTargets } from '../../proofs/tune/known-targets.ts'
import { simulateTuning } from '../../proofs/tune/simulate-tuning.ts'

const isRandom = (path = '') => path.includes('law=')
const simulated = knownTargets.filter(
  ({ server, isRealOnly }) => !isRealOnly && !isRandom('path' in server ? server.path : ''),
)

describe('a tuning of a target whose limit is known', () => {
  // In virtual time, where nothing varies: `npm run trust:tune` asks the real ones.
  it.each(simulated)('says only what is true: $name', async (target) => {
    const { run, tuning, text } = await simulateTuning(target, { seed: 3 })
    const cpuMs = 'path' in target.server ? undefined : target.server.cpuMs
    const cpuPerSecond = cpuMs === undefined ? 0 : 1_000 / cpuMs
    const judgement = judgeTuning(target, tuning, { isBusy: false, cpuPerSecond, text })
    expect(judgement).toEqual({ verdict: 'right', missing: [], untrue: [] })
    expect(run.bug).toBeUndefined()
    expect(() => tuningSchema.parse(tuning)).not.toThrow()
  })

  it('leaves half of its time for the rate where larger sizes hang', async () => {
    const target = knownTargets.find(({ server }) => 'prefork' in server) as (typeof knownTargets)[number]
    const { run } = await simulateTuning(target, { seed: 1 })
    const hanging = run.blocks.filter(({ block }) => block.failures.some(({ code }) => code === 'timeout'))
    // Of each size that hangs one block of the first round, and of those between two at most.
    for (const blocks of Map.groupBy(hanging, ({ setting }) => setting.id).values()) {
      expect(blocks.length).toBeLessThanOrEqual(4)
    }
    expect(run.conclusion.highest?.held).toBeGreaterThan(0)
    expect(run.elapsedMs).toBeLessThan(run.plan.budgetMs)
  })

  it('is sure of it, in nine of ten', async () => {
    const runs = await Promise.all(simulated.map((target) => simulateTuning(target, { seed: 4 })))
    const answered = runs.filter(({ tuning }) => ['recommended', 'likely'].includes(tuning.answer.state))
    const sure = answered.filter(({ tuning }) => tuning.answer.state === 'recommended')
    expect(sure.length / answered.length).toBeGreaterThanOrEqual(0.9)
  })
})
