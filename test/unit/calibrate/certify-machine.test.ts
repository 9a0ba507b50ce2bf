import { expect, it } from 'vitest'
import { efforts, measurePart, summarizeRecorder } from '../../../src/calibrate/certify-machine.ts'
import type { MachineArm } from '../../../src/calibrate/machine-arm.ts'
import type { CertifyTask } from '../../../src/engine/certify/certify.ts'
import type { RecorderLayer } from '../../../src/engine/certify/recorder-block.ts'

const cost: Readonly<Record<RecorderLayer, number>> = { bare: 40, loop: 41, histograms: 42.5, probe: 44.5, phases: 50 }

it('gives every layer the difference to the one before it, and the recorder all but phases', () => {
  const rounds = Array.from({ length: 8 }, (_, round) => {
    // What a round has in common, all its layers have.
    const shared = round * 3
    return new Map(Object.entries(cost).map(([layer, us]) => [layer as RecorderLayer, us + shared] as const))
  })
  const { layers, recorder, bareCpuUsPerRequest } = summarizeRecorder(rounds)
  expect(bareCpuUsPerRequest).toBeCloseTo(40 + 10.5, 9)
  expect(layers.map(({ layer, addedUs }) => [layer, Number(addedUs.toFixed(6))])).toEqual([
    ['loop', 1],
    ['histograms', 1.5],
    ['probe', 2],
    ['phases', 5.5],
  ])
  expect(recorder.addedUs).toBeCloseTo(4.5, 9)
  expect(recorder.interval?.low).toBeCloseTo(4.5, 9)
})

/** A machine that keeps every rate up to 3,000/s, but for one hiccup. */
function steadyArm(): MachineArm {
  let isHiccuping = true
  return {
    concurrency: 10,
    async ask(task: CertifyTask) {
      if (task.kind !== 'rate') throw new Error('not asked for')
      const isLate = task.ratePerSecond > 3_000 || (task.ratePerSecond === 1_000 && isHiccuping)
      if (task.ratePerSecond === 1_000) isHiccuping = false
      return { intended: 1, dropped: 0, failed: 0, delayP50Us: 2, delayP99Us: isLate ? 5_000 : 40 } as never
    },
    async [Symbol.asyncDispose]() {},
  }
}

it('finds the highest rate that is kept, by doubling and bisecting, and forgives one hiccup', async () => {
  const { openLoop } = await measurePart('openLoop', steadyArm(), { ...efforts.full, seed: 1 })
  expect(openLoop?.trials[1]).toEqual({ ratePerSecond: 1_000, held: true, delayP99Us: 40 })
  expect(openLoop?.heldPerSecond).toBeLessThanOrEqual(3_000)
  expect(openLoop?.failedPerSecond).toBeGreaterThan(3_000)
  expect((openLoop?.failedPerSecond ?? 0) / (openLoop?.heldPerSecond ?? 1)).toBeLessThanOrEqual(1.1)
})
