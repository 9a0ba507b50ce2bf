import type { Calibration } from '../../../src/document/calibration-model.ts'
import { sketchEnvironment } from './make-sketch.ts'

/** A calibration of one scenario, as its file holds it. */
export const calibration: Calibration = {
  schemaVersion: 1,
  kind: 'sessionbench.calibration',
  startedAt: '2026-01-01T00:00:00.000Z',
  elapsedMs: 1_000,
  partial: false,
  seed: 1,
  environment: sketchEnvironment,
  machine: null,
  noise: [
    {
      ...{ scenario: 'sketch', comparison: 'http, 0 ms RTT', variant: 'b', isolation: 'process', unit: 'generation' },
      ...{ power: 0.8, budgetMs: 1_000, elapsedMs: 900, end: { state: 'decided' }, validity: 'valid', reasons: [] },
      metrics: [
        {
          ...{ metric: 'cpuPerRequest', marginPercent: 3, units: 8, seenPercent: 1, smallestChangePercent: 5 },
          noisePercent: { median: 1, p95: 4 },
          costs: [{ changePercent: 3, units: 8, budgetMs: 1_000, isWithinMargin: true }],
          method: 'simulated',
        },
      ],
    },
  ],
}
