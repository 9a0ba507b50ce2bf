import type { TargetAccess } from '../scenario/target-access.ts'
import type { TargetProxies } from '../scenario/target-conditions.ts'
import type { TargetProfile } from './target-profile.ts'

/** Where a target can be reached, for the process that sends requests to it. */
export interface TargetAddress {
  readonly profile: TargetProfile
  readonly origin: string
  readonly access: TargetAccess
  /** Only when the scenario asks for them. */
  readonly proxies: TargetProxies | undefined
}

/** The hosts that requests to a target go to. */
export function hostsOf({ origin, proxies }: TargetAddress): string[] {
  return [origin, ...Object.values(proxies ?? {})]
    .filter((url) => URL.canParse(url))
    .map((url) => new URL(url).hostname)
}
