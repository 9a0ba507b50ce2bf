import type { ArmHost } from './arm-host.ts'
import { joinShards } from './join-shards.ts'
import { openArmProcess, type ProcessSettings } from './supervisor.ts'

/**
 * Makes the host whose arms live in child processes of this one. What those are started with is read now: it is the same for
 * all that the host will open, whatever becomes of this process's environment.
 */
export function makeLocalHost({
  env = process.env,
  execPath = process.execPath,
}: Partial<ProcessSettings> = {}): ArmHost {
  const settings = { env: { ...env }, execPath }
  return {
    open: (processes, options) =>
      joinShards(Array.from({ length: processes }, () => openArmProcess(settings, options))),
  }
}
