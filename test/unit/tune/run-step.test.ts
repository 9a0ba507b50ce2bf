import { expect, it } from 'vitest'
import { type KnownTarget, knownTargets } from '../../proofs/tune/known-targets.ts'
import { simulateTuning } from '../../proofs/tune/simulate-tuning.ts'

const slowBody = knownTargets.find(({ name }) => name === 'a slow body') as KnownTarget

it('gives a second block of a round only to sizes that are not far behind, so that there is time for the limit', async () => {
  const { events = [], tuning } = await simulateTuning(slowBody, { seed: 3, isTold: true })
  const end = events.findIndex(({ kind }) => kind === 'step-ended')
  const first = events.slice(0, end).flatMap((event) => (event.kind === 'block' ? [event.setting.size] : []))
  const blocks = [...Map.groupBy(first, (size) => size)].map(([size, own]) => [size, own.length])
  expect(blocks.toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
    [1, 1],
    [2, 1],
    [4, 1],
    [8, 1],
    [16, expect.any(Number)],
    [32, 2],
    [64, 2],
  ])
  expect(tuning.limit.what).toBe('pool')
})
