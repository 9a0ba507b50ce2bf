import * as z from 'zod'
import { type Environment, settingNames } from './environment.ts'

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
