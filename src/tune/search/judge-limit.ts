import { saturatedLoop } from '../../judge/find-saturated.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { easyClient, isOutdone, leastIdle } from './client-limit.ts'
import { type Gain, stateOf } from './judge-gain.ts'

/** What keeps the throughput of the chosen setting where it is; `unknown` where what would tell was not looked at. */
export const limitKinds = [
  // Its event loop or its core is full, or half of it, and another process carries more, where as many requests of it do not.
  'client',
  // A larger pool, more requests under way and another client process carry no more.
  'server',
  // A larger pool carries more.
  'pool',
  // A round trip sets the time, and more under way carries more at the same latency; or its bandwidth is used up.
  'link',
  // Requests fail beyond it, and how is known.
  'limiter',
  // All cores are busy: another client process takes from the server, and neither can be told.
  'machine',
  // A larger size carries more and misses the objective.
  'objective',
  // More requests under way carry more, and a larger pool alone does not.
  'load',
  'unknown',
] as const
export type LimitKind = (typeof limitKinds)[number]

/** Something that was tried beside the chosen setting, and what it carried more. */
export interface Alternative {
  /** How large, or how many: connections, requests under way, client processes. */
  readonly size: number
  readonly gain: Gain | undefined
  /** Its p50 ÷ that of the chosen setting. */
  readonly latencyRatio?: number | undefined
  /** Conditions of the objective that it misses, as they were written. */
  readonly broken?: readonly string[]
}

/** Failures of one kind, where they were seen. */
export interface SeenFailures {
  /** `status 429`, `reset`. */
  readonly kind: string
  readonly count: number
  /** Iterations there. */
  readonly of: number
  readonly message: string
  /** `connections=16`, `153 per second`. */
  readonly where: string
}

/** Everything that a limit is told from; what is absent was not looked at. */
export interface LimitEvidence {
  /** A larger size, as large as ought to carry more if size were the limit. */
  readonly larger?: Alternative | undefined
  /** Twice the size, and twice as many requests under way; absent where more size means more requests. */
  readonly busier?: Alternative | undefined
  /** A second client process. */
  readonly process?: Alternative | undefined
  /** What fails beyond the chosen size or rate, and not at it. */
  readonly failures: readonly SeenFailures[]
  /** Of the client at the chosen setting, 0 to 1: its event loop, or its core. */
  readonly clientBusy?: number | undefined
  /** Share of all cores' time that nobody used, while two client processes were at work. */
  readonly machineIdle?: number | undefined
  /** Around p50 of the chosen setting. */
  readonly latencyUs?: number | undefined
  readonly roundTripUs?: number | undefined
  /** Of that latency. */
  readonly bodyShare?: number | undefined
  /** Bytes per second that came over a link ÷ those that it carries; absent where its bandwidth is not known. */
  readonly bandwidthUsed?: number | undefined
}

/** A limit as a claim: what it is, what would refute it and was looked at, and for `unknown` what would tell. */
export interface LimitClaim {
  readonly what: LimitKind
  /** Names of the evidence that the claim rests on. */
  readonly restsOn: readonly (keyof LimitEvidence)[]
  /** What was not looked at, or came out unclear. */
  readonly missing: readonly (keyof LimitEvidence)[]
}

/** A phase or a round trip that takes this share of a request is what the request is about. */
const most = 0.5
/** More requests take no longer: by so much at most. */
const sameLatency = 1.1
/** Of a link, whose frames and acknowledgements take the rest. */
const fullLink = 0.9

/**
 * What the evidence says. Each answer wants all that would refute it to have been looked at, and not to refute it: what is
 * missing makes it unknown, not true.
 */
export function judgeLimit(evidence: LimitEvidence): LimitClaim {
  const { failures, larger } = evidence
  if (failures.length > 0) return claim(isClientsOwn(failures) ? 'client' : 'limiter', ['failures'])
  if (isBusy(evidence)) return judgeBusyClient(evidence)
  if (isOutdone(gainsOf(evidence), evidence.clientBusy ?? 0)) {
    return claim('client', [evidence.busier === undefined ? 'larger' : 'busier', 'process', 'clientBusy'])
  }
  if (stateOf(larger?.gain) === 'more') return judgeLarger(evidence)
  return judgeNoMore(evidence)
}

function gainsOf({ larger, busier, process }: LimitEvidence) {
  return { larger: larger?.gain, busier: busier?.gain, process: process?.gain }
}

/** Most of what failed never left this machine: nobody else limited it. */
function isClientsOwn(failures: readonly SeenFailures[]): boolean {
  const own = failures.filter(({ kind }) => kind === 'ports-exhausted')
  const count = (some: readonly SeenFailures[]) => sumOf(some, (failure) => failure.count)
  return 2 * count(own) > count(failures)
}

function isBusy({ clientBusy = 0 }: LimitEvidence): boolean {
  return clientBusy > saturatedLoop
}

function judgeBusyClient(evidence: LimitEvidence): LimitClaim {
  const { process, machineIdle } = evidence
  switch (stateOf(process?.gain)) {
    case 'more':
      return claim('client', ['clientBusy', 'process'])
    case 'no more':
      if (machineIdle === undefined) return unknown(['machineIdle'], ['clientBusy', 'process'])
      return machineIdle < leastIdle
        ? claim('machine', ['clientBusy', 'process', 'machineIdle'])
        : judgeNoMore(evidence)
    default:
      // Where no core is idle two processes take from each other and from the server, however much they carry.
      return process?.gain !== undefined && machineIdle !== undefined && machineIdle < leastIdle
        ? claim('machine', ['clientBusy', 'process', 'machineIdle'])
        : unknown(['process'], ['clientBusy'])
  }
}

/** A larger size carries more: at the same time of an answer, or at the price of the objective, or just so. */
function judgeLarger({ larger, roundTripUs = 0, latencyUs = 0 }: LimitEvidence): LimitClaim {
  const { latencyRatio = Number.POSITIVE_INFINITY, broken = [] } = larger ?? {}
  if (broken.length > 0) return claim('objective', ['larger'])
  if (latencyUs > 0 && roundTripUs >= most * latencyUs && latencyRatio <= sameLatency) {
    return claim('link', ['roundTripUs', 'larger'])
  }
  return claim('pool', ['larger'])
}

function judgeNoMore(evidence: LimitEvidence): LimitClaim {
  const { busier, bodyShare = 0, bandwidthUsed, clientBusy, machineIdle = 1 } = evidence
  if (stateOf(busier?.gain) === 'more' && stateOf(evidence.larger?.gain) === 'no more') {
    return claim('load', ['larger', 'busier'])
  }
  const kinds = ['larger', ...(busier === undefined ? [] : ['busier' as const]), 'process'] as const
  const unclear = kinds.filter((kind) => stateOf(evidence[kind]?.gain) !== 'no more')
  if (unclear.length > 0)
    return unknown(
      unclear,
      kinds.filter((kind) => !unclear.includes(kind)),
    )
  if (machineIdle < leastIdle) {
    if (clientBusy === undefined) return unknown(['clientBusy'], ['machineIdle', ...kinds])
    if (clientBusy > easyClient) return claim('machine', ['machineIdle', 'clientBusy', 'process'])
  }
  if (bandwidthUsed !== undefined && bandwidthUsed >= fullLink) return claim('link', ['bandwidthUsed', ...kinds])
  // A full link and a server that sends slowly look alike from here.
  if (bandwidthUsed === undefined && bodyShare >= most) return unknown(['bandwidthUsed'], kinds)
  return claim('server', kinds)
}

function claim(what: LimitKind, restsOn: readonly (keyof LimitEvidence)[]): LimitClaim {
  return { what, restsOn, missing: [] }
}

function unknown(missing: readonly (keyof LimitEvidence)[], restsOn: readonly (keyof LimitEvidence)[]): LimitClaim {
  return { what: 'unknown', restsOn, missing }
}
