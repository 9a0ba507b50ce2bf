import type { ListenerCounts } from '../../fixtures-server/ledger-snapshot.ts'
import type { TargetAddress } from '../arm/messages.ts'
import type { TargetProfile } from '../plan/make-plan.ts'
import { type FixtureProcess, openFixtureProcess } from './fixture-process.ts'

/** A target that is up, and its ledger where it has one. */
export interface OpenTarget {
  readonly address: TargetAddress
  /** Undefined for a target that is not ours: nobody to check our counts with. */
  readonly readLedger: (() => Promise<ListenerCounts>) | undefined
}

/** All the targets of a run; the fixture server is started when the first of them needs it. */
export interface Targets extends AsyncDisposable {
  open(profile: TargetProfile): Promise<OpenTarget>
}

/** Makes targets ready to be opened; dispose of it to stop the fixture server. */
export function openTargets(): Targets {
  let fixture: Promise<FixtureProcess> | undefined
  return {
    async open(profile) {
      if (profile.kind === 'external') {
        return { address: { profile, origin: profile.origin, ca: undefined }, readLedger: undefined }
      }
      // A server that died ended the comparison that it served; the next one gets a fresh server.
      const known = await fixture?.catch(() => undefined)
      if (known === undefined || !known.isAlive()) fixture = openFixtureProcess()
      const server = await (fixture as Promise<FixtureProcess>)
      const origin = await server.openListener(profile.protocol, profile.rttMs)
      const ca = profile.protocol === 'https' ? server.ca : undefined
      return { address: { profile, origin, ca }, readLedger: () => server.readLedger(profile.protocol) }
    },
    async [Symbol.asyncDispose]() {
      const server = await fixture?.catch(() => undefined)
      await server?.[Symbol.asyncDispose]()
    },
  }
}
