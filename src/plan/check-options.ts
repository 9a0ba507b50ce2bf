import * as z from 'zod'
import { protocols } from '../scenario/define.ts'
import { stagesSchema } from '../scenario/stages.ts'
import { targetNameSchema } from '../scenario/target-conditions.ts'
import { thinkTimeSchema } from '../scenario/validate.ts'
import { mostGenerations, planDefaults } from './make-plan.ts'

const durationMs = z.number().min(1).max(86_400_000)

/** What says how iterations are started too. */
const insteadOfStages = ['arrivalRate', 'concurrency', 'thinkTimeMs', 'iterations'] as const

const planOptionsSchema = z
  .object({
    seed: z.int().min(0).max(0xffff_ffff).optional(),
    budgetMs: durationMs.optional(),
    blockMs: durationMs.optional(),
    warmUpMs: durationMs.optional(),
    maxRounds: z.int().min(1).max(planDefaults.maxUnits).optional(),
    generations: z.int().min(1).max(mostGenerations).optional(),
    concurrency: z.int().min(1).max(10_000).optional(),
    thinkTimeMs: thinkTimeSchema.optional(),
    iterations: z.int().min(1).max(10_000_000).optional(),
    variantPer: z.enum(['process', 'block']).optional(),
    arrivalRate: z.number().min(0.01).max(100_000).optional(),
    stages: stagesSchema.optional(),
    arrivals: z.enum(['constant', 'poisson']).optional(),
    maxInFlight: z.int().min(1).max(100_000).optional(),
    protocols: z.array(z.enum(protocols)).min(1).optional(),
    rttsMs: z.array(z.number().min(0).max(10_000)).min(1).optional(),
    isolation: z.enum(['shared', 'process']).optional(),
    processes: z.int().min(1).max(64).optional(),
    phases: z.boolean().optional(),
    allowedHosts: z.array(z.string().min(1)).optional(),
    externalOrigin: z.url({ protocol: /^https?$/ }).optional(),
    targetName: targetNameSchema.optional(),
  })
  .refine(({ targetName, externalOrigin }) => targetName === undefined || externalOrigin !== undefined, {
    path: ['targetName'],
    error: 'expected a target beside it (--target): the bundled server needs no name',
  })
  .superRefine(({ stages, ...options }, { addIssue }) => {
    const other = insteadOfStages.find((name) => options[name] !== undefined)
    if (stages === undefined || other === undefined) return
    addIssue({
      code: 'custom',
      path: ['stages'],
      message: `expected either stages or ${other}, got both; leave one out`,
    })
  })

/** Everything that is wrong with the options of a plan, each with its name: `concurrency: …`. */
export function findOptionProblems(options: unknown): string[] {
  const parsed = planOptionsSchema.safeParse(options)
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}
