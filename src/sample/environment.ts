import * as z from 'zod'

/** What times depend on besides the code that is measured: machine, system, runtime and harness. */
const settingSchema = z.strictObject({
  harness: z.string().describe('version of sessionbench: its engine takes CPU time too'),
  node: z.string(),
  v8: z.string(),
  openssl: z.string(),
  platform: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cpuCount: z.int().min(0),
  cpuQuota: z.number().nullable().describe('CPUs that the control group allows; null when unlimited or unknown'),
  memoryBytes: z.number().min(0),
})

/** Where a run was measured, and the versions of what was measured. */
export const environmentSchema = settingSchema.extend({
  fingerprint: z.string().describe('hash of the setting: two runs with one fingerprint may compare CPU time'),
  clients: z
    .record(z.string(), z.string())
    .describe('versions of the HTTP clients that the project can import; a change of theirs is what a check looks for'),
  lockfile: z.string().nullable().describe('hash of package-lock.json in the working folder'),
})
export type Environment = z.infer<typeof environmentSchema>
export type MachineSetting = z.infer<typeof settingSchema>

export const settingNames = settingSchema.keyof().options
