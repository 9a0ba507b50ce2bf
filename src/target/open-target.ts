import { deriveSeed } from '../plan/derive-seed.ts'
import type { TargetAddress } from '../plan/target-address.ts'
import type { TargetProfile } from '../plan/target-profile.ts'
import { countsButBytes, type WireCounts, wireCountNames } from '../sample/wire-counts.ts'
import type { TargetAccess } from '../scenario/target-access.ts'
import { type FixtureProcess, type FixtureSettings, type OpenLink, openFixtureProcess } from './fixture-process.ts'
import type { ServerReading } from './ledger.ts'
import { type LedgerPatience, makePatienceOf } from './ledger-patience.ts'

/** The ledger of a target, and what of it clients can be checked against. */
export interface TargetLedger {
  readonly counts: readonly (keyof WireCounts)[]
  read(): Promise<ServerReading>
  readonly patienceOf: (arm: string) => LedgerPatience
}

/** A target that is up, and its ledger where it has one. */
export interface OpenTarget {
  readonly address: TargetAddress
  /** Undefined for a target that is not ours: nobody to check our counts with. */
  readonly ledger: TargetLedger | undefined
  /** What is between clients and the fixture server, where anything is. */
  readonly link?: OpenLink | undefined
}

/** All the targets of a run; the fixture server is started when the first of them needs it. */
export interface Targets extends AsyncDisposable {
  /** `seed` is that of everything random at the target. */
  open(profile: TargetProfile, seed: number): Promise<OpenTarget>
}

export type { OpenLink } from './fixture-process.ts'

interface RunningFixture {
  /** The settings that it was started with, as text. */
  readonly key: string
  readonly server: Promise<FixtureProcess>
}

/** Makes targets ready to be opened, with what lets clients in where they are not ours; dispose of it to stop the fixture server. */
export function openTargets(access: TargetAccess = {}): Targets {
  let running: RunningFixture | undefined
  const stop = async () => {
    const server = await running?.server.catch(() => undefined)
    await server?.[Symbol.asyncDispose]()
  }
  const start = async (settings: FixtureSettings): Promise<FixtureProcess> => {
    const key = JSON.stringify(settings)
    const known = await running?.server.catch(() => undefined)
    // A server that died ended the comparison that it served; the next one gets a fresh server.
    if (running?.key === key && known?.isAlive()) return known
    await stop()
    running = { key, server: openFixtureProcess(settings) }
    return running.server
  }
  return {
    async open(profile, seed) {
      if (profile.kind === 'none') {
        return { address: { profile, origin: '', access: {}, proxies: undefined }, ledger: undefined }
      }
      if (profile.kind === 'external') {
        return { address: { profile, origin: profile.origin, access, proxies: undefined }, ledger: undefined }
      }
      return openFixture(await start(settingsOf(profile)), profile, seed)
    },
    [Symbol.asyncDispose]: stop,
  }
}

type FixtureProfile = Extract<TargetProfile, { kind: 'fixture' }>

async function openFixture(server: FixtureProcess, profile: FixtureProfile, seed: number): Promise<OpenTarget> {
  const { protocol, rttMs, conditions = {} } = profile
  const { jitterMs, bytesPerSecond, faults, proxies } = conditions
  const { origin, link } = await server.openListener(protocol, {
    ...{ rttMs, jitterMs, bytesPerSecond },
    seed: deriveSeed(seed, 'link'),
  })
  await server.setFaults(faults && { ...faults, seed: deriveSeed(seed, 'faults') })
  const access = protocol === 'http' ? {} : { ca: server.ca }
  return {
    address: { profile, origin, access, proxies: proxies ? server.proxies : undefined },
    link,
    ledger: {
      counts: proxies || protocol === 'h2' ? countsButBytes : wireCountNames,
      read: () => server.readLedger(protocol),
      patienceOf: makePatienceOf(),
    },
  }
}

function settingsOf({ conditions = {} }: FixtureProfile): FixtureSettings {
  const { keepAliveTimeoutMs: idleTimeoutMs, maxRequestsPerConnection, tlsVersion, sessionTickets } = conditions
  return { idleTimeoutMs, maxRequestsPerConnection, tlsVersion, sessionTickets }
}
