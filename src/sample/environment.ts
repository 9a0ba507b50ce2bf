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

/** Whether CPU time of two runs may be compared, and the facts in which their settings differ: `node: v24 → v26`. */
export const fingerprintMatchSchema = z.strictObject({ isSame: z.boolean(), differences: z.array(z.string()) })
type FingerprintMatch = z.infer<typeof fingerprintMatchSchema>

/** Compares where two runs were measured. Versions of the code under test do not count: they are what is compared. */
export function sameFingerprint(earlier: Environment, later: Environment): FingerprintMatch {
  const differences = settingNames
    .filter((name) => earlier[name] !== later[name])
    .map((name) => `${name}: ${earlier[name] ?? 'none'} → ${later[name] ?? 'none'}`)
  return { isSame: differences.length === 0 && earlier.fingerprint === later.fingerprint, differences }
}

/** The versions of the code under test that differ: `undici: 7.16.0 → 8.12.4`, `lockfile`. */
export function differentVersions(earlier: Environment, later: Environment): string[] {
  const names = [...new Set([...Object.keys(earlier.clients), ...Object.keys(later.clients)])].sort()
  const clients = names.flatMap((name) => {
    const [before = 'none', after = 'none'] = [earlier.clients[name], later.clients[name]]
    return before === after ? [] : [`${name}: ${before} → ${after}`]
  })
  return [...clients, ...(earlier.lockfile === later.lockfile ? [] : ['lockfile'])]
}
