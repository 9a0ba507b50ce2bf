import * as z from 'zod'
import type { Calibration } from '../document/calibration-model.ts'
import { armSchema, comparisonResultSchema, type Results } from '../document/model.ts'
import { targetSchema } from '../plan/target-profile.ts'
import { blockSchema } from '../sample/block.ts'
import { environmentSchema } from '../sample/environment.ts'
import { at } from '../session/at.ts'

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
  code: true,
  latency: true,
  carriers: true,
  wire: true,
})

const baselineComparisonSchema = comparisonResultSchema
  .pick({ id: true, unit: true, workload: true, primaryMetric: true })
  .extend({
    processes: comparisonResultSchema.shape.processes.optional(),
    target: targetSchema.optional().describe('what later runs are matched by; absent in old files'),
    arms: z.array(baselineArmSchema),
    blocks: z.array(baselineBlockSchema),
  })

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
      path: z
        .string()
        .optional()
        .describe('the end of the path of its module, which tells scenarios of one name apart; absent in old files'),
      noiseFloorPercent: z
        .number()
        .nullable()
        .describe('what 19 in 20 runs of A against A differ by at most, in CPU time per request; null: not known'),
      comparisons: z.array(baselineComparisonSchema),
    }),
  ),
})
export type Baseline = z.infer<typeof baselineSchema>
export type RecordedComparison = z.infer<typeof baselineComparisonSchema> & {
  /** Of results; a baseline keeps nothing of how it was judged. */
  readonly judging?: Pick<Results['scenarios'][number]['comparisons'][number]['judging'], 'margins'>
}
export type RecordedArm = Pick<z.infer<typeof baselineArmSchema>, 'id' | 'variant' | 'params' | 'code' | 'latency'>
export type RecordedBlock = z.infer<typeof baselineBlockSchema>

/** A scenario of results or of a baseline. */
export interface RecordedScenario {
  readonly name: string
  /** Where its module was: the end of it in a baseline, all of it in results. */
  readonly path?: string | undefined
  readonly url?: string | undefined
  readonly noiseFloorPercent?: number | null
  readonly comparisons: readonly RecordedComparison[]
}

/** What results and baselines have in common: enough to compare a later run with. */
export type RunRecord = Pick<Baseline, 'startedAt' | 'environment'> & {
  readonly scenarios: readonly RecordedScenario[]
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
    scenarios: scenarios.map(({ name, url, comparisons }) => ({
      name,
      path: url.split('/').slice(-keptSegments).join('/'),
      noiseFloorPercent: findNoiseFloor(name, calibration),
      // Parsing by a schema that strips what it does not know leaves exactly the fields that a baseline has.
      comparisons: comparisons.map((comparison) => keptComparison.parse(comparison)),
    })),
  }
}

/** Of a path: enough to tell two scenarios of one name apart, and not the whole of somebody's disk. */
const keptSegments = 3

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
      name === 'blocks' && Array.isArray(value)
        ? value.map((block: unknown) => `@${blocks.push(JSON.stringify(block)) - 1}@`)
        : value,
    2,
  )
  return `${text.replaceAll(/"@(\d+)@"/g, (_, index: string) => at(blocks, Number(index)))}\n`
}
