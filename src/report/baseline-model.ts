import * as z from 'zod'
import { blockSchema } from '../sample/block.ts'
import { environmentSchema } from '../sample/environment.ts'
import type { Calibration } from './calibration-model.ts'
import { armSchema, comparisonResultSchema, type Results } from './model.ts'

/** What of a block a later run is compared with: its counts and figures. Histograms are kept once per arm. */
const baselineBlockSchema = blockSchema.pick({
  arm: true,
  generation: true,
  round: true,
  position: true,
  succeeded: true,
  failed: true,
  untimed: true,
  workMs: true,
  p50Us: true,
  p90Us: true,
  p99Us: true,
  wire: true,
  newCarriers: true,
  cpuUserUs: true,
  cpuSystemUs: true,
  speedControlMs: true,
})

const baselineArmSchema = armSchema.pick({
  id: true,
  variant: true,
  params: true,
  latency: true,
  carriers: true,
  wire: true,
})

const baselineComparisonSchema = comparisonResultSchema
  .pick({ id: true, unit: true, workload: true, primaryMetric: true })
  .extend({ arms: z.array(baselineArmSchema), blocks: z.array(baselineBlockSchema) })

/** The version of the baseline file; it changes when a reader of the old form would misread the new one. */
export const baselineSchemaVersion = 1

/** An earlier run that later ones are checked against: per-block figures, so that every test can be made again. */
export const baselineSchema = z.strictObject({
  schemaVersion: z.literal(baselineSchemaVersion),
  kind: z.literal('sessionbench.baseline'),
  startedAt: z.iso.datetime().describe('when it was measured'),
  seed: z.int(),
  environment: environmentSchema,
  scenarios: z.array(
    z.strictObject({
      name: z.string(),
      noiseFloorPercent: z
        .number()
        .nullable()
        .describe('what 19 in 20 runs of A against A differ by at most, in CPU time per request; null: not known'),
      comparisons: z.array(baselineComparisonSchema),
    }),
  ),
})
export type Baseline = z.infer<typeof baselineSchema>
export type RecordedComparison = z.infer<typeof baselineComparisonSchema>
export type RecordedBlock = z.infer<typeof baselineBlockSchema>

/** What results and baselines have in common: enough to compare a later run with. */
export type RunRecord = Pick<Baseline, 'startedAt' | 'environment'> & {
  readonly scenarios: readonly {
    readonly name: string
    readonly noiseFloorPercent?: number | null
    readonly comparisons: readonly RecordedComparison[]
  }[]
}

/** Takes from results what a baseline keeps, and from a calibration how large differences of equal code are. */
export function makeBaseline(
  { startedAt, seed, environment, scenarios }: Results,
  calibration?: Pick<Calibration, 'noise'>,
): Baseline {
  return {
    schemaVersion: baselineSchemaVersion,
    kind: 'sessionbench.baseline',
    startedAt,
    seed,
    environment,
    scenarios: scenarios.map(({ name, comparisons }) => ({
      name,
      noiseFloorPercent: findNoiseFloor(name, calibration),
      // Parsing by a schema that strips what it does not know leaves exactly the fields that a baseline has.
      comparisons: comparisons.map((comparison) => keptComparison.parse(comparison)),
    })),
  }
}

/** The largest of the scenario's targets and variants. */
function findNoiseFloor(scenario: string, calibration: Pick<Calibration, 'noise'> | undefined): number | null {
  const floors = calibration?.noise.filter((floor) => floor.scenario === scenario) ?? []
  const cpu = floors.flatMap(({ metrics }) => metrics.filter(({ metric }) => metric === 'cpuPerRequest'))
  return cpu.length === 0 ? null : Math.max(...cpu.map(({ noisePercent }) => noisePercent.p95))
}

const keptComparison = z.object({
  ...baselineComparisonSchema.shape,
  arms: z.array(z.object(baselineArmSchema.shape)),
  blocks: z.array(z.object(baselineBlockSchema.shape)),
})

/** The baseline as JSON text, one block a line: a file to be committed. */
export function renderBaseline(baseline: Baseline): string {
  const blocks: string[] = []
  const text = JSON.stringify(
    baseline,
    (name, value: unknown) =>
      name === 'blocks' ? (value as unknown[]).map((block) => `@${blocks.push(JSON.stringify(block)) - 1}@`) : value,
    2,
  )
  return `${text.replaceAll(/"@(\d+)@"/g, (_, index: string) => blocks[Number(index)] as string)}\n`
}
