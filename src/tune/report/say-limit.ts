import { sumOf } from '../../statistics/sum-of.ts'
import { counted } from '../../words/counted.ts'
import { formatCount, formatMs, formatShare } from '../../words/format.ts'
import { type Gain, gainConfidence, stateOf } from '../search/judge-gain.ts'
import { judgeLimit, type LimitClaim, type LimitEvidence, type SeenFailures } from '../search/judge-limit.ts'
import type { Tuning } from './model.ts'

/** What the sentences speak of. */
interface LimitWords {
  /** `connections` */
  readonly sizeName: string
  /** `connections=8`; undefined when nothing was chosen. */
  readonly id: string | undefined
  /** A rate was asked for, and nothing else sent. */
  readonly isAtRate: boolean
}

/** The limit with its evidence in words. */
export function sayLimit(evidence: LimitEvidence, words: LimitWords): Tuning['limit'] {
  if (words.id === undefined && evidence.failures.length === 0) {
    return {
      what: 'unknown',
      because: 'no setting was chosen whose limit could be looked for',
      restsOn: [],
      missing: [],
    }
  }
  const claim = judgeLimit(evidence)
  const because = explain(claim, evidence, words)
  return { what: claim.what, because, restsOn: [...claim.restsOn], missing: [...claim.missing] }
}

function explain(claim: LimitClaim, evidence: LimitEvidence, words: LimitWords): string {
  const { clientBusy = 0, machineIdle = 1, latencyUs = 0, roundTripUs = 0, bandwidthUsed = 0, larger } = evidence
  const busy = `the client was ${formatShare(clientBusy)} busy at ${words.id}`
  switch (claim.what) {
    case 'client':
      if (claim.restsOn.includes('failures')) return sayFailures(evidence.failures)
      return `${busy}, and ${sayMore('process', evidence, words)}`
    case 'server':
      return sayNoMore(evidence, words)
    case 'pool':
      return sayMore('larger', evidence, words)
    case 'link':
      return claim.restsOn.includes('bandwidthUsed')
        ? `${formatShare(bandwidthUsed)} of the link's bandwidth is used, and ${sayNoMore(evidence, words)}`
        : `a round trip takes ${formatMs(roundTripUs)} of the ${formatMs(latencyUs)} ms of a request, and ${sayMore('larger', evidence, words)} while answers take no longer`
    case 'limiter':
      return sayFailures(evidence.failures)
    case 'machine':
      return `${busy}, ${formatShare(machineIdle)} of the machine's time was idle, and ${sayProcess(evidence, words)}: client and server share the cores, and which of them is the limit cannot be told here; run them on machines of their own`
    case 'objective':
      return `${sayMore('larger', evidence, words)}, but not ${(larger?.broken ?? []).join(', ')}`
    case 'load':
      return `${sayMore('busier', evidence, words)}, and a larger pool alone does not: --concurrency is the limit`
    case 'unknown':
      return sayUnknown(claim, evidence, words)
    default:
      return claim.what satisfies never
  }
}

/** Beside a full client on a full machine. */
function sayProcess(evidence: LimitEvidence, words: LimitWords): string {
  return stateOf(evidence.process?.gain) === 'no more'
    ? sayNoMore(evidence, words)
    : sayUnclear('process', evidence, words)
}

type Tried = 'larger' | 'busier' | 'process'

function nameTried(kind: Tried, evidence: LimitEvidence, { sizeName }: LimitWords): string {
  const size = evidence[kind]?.size ?? 0
  if (kind === 'larger') return `${formatCount(size)} ${sizeName}`
  return kind === 'busier' ? `${counted(size, 'request')} under way` : 'a second client process'
}

function sayMore(kind: Tried, evidence: LimitEvidence, words: LimitWords): string {
  const gain = evidence[kind]?.gain
  const carry = kind === 'process' ? 'carries' : 'carry'
  return `${nameTried(kind, evidence, words)} ${carry} ${formatShare(gain?.gain ?? 0)} more (${formatRange(gain)})`
}

/** `16 connections, and a second client process carry no more: at most 0.8 % and 1.1 %` */
function sayNoMore(evidence: LimitEvidence, words: LimitWords): string {
  const kinds = (['larger', 'busier', 'process'] as const).filter((kind) => stateOf(evidence[kind]?.gain) === 'no more')
  const names = kinds.map((kind) => nameTried(kind, evidence, words))
  const most = kinds.map((kind) => formatShare(Math.max(0, evidence[kind]?.gain?.high ?? 0)))
  const carry = kinds.length === 1 && kinds[0] === 'process' ? 'carries' : 'carry'
  return `${joinWords(names)} ${carry} no more: at most ${joinWords(most)}`
}

function formatRange(gain: Gain | undefined): string {
  return gain === undefined
    ? 'too few rounds'
    : `${formatShare(gainConfidence)} interval ${formatSigned(gain.low)} to ${formatSigned(gain.high)}`
}

function formatSigned(share: number): string {
  return share < 0 ? `−${formatShare(-share)}` : formatShare(share)
}

/** `at connections=16 and more 12,779 of 40,112 iterations fail: 12,700 × reset (…), 79 × refused (…)` */
function sayFailures(failures: readonly SeenFailures[]): string {
  const [first] = failures
  if (first === undefined) return ''
  const sum = sumOf(failures, ({ count }) => count)
  const kinds = failures.map(({ kind, count, message }) => `${formatCount(count)} × ${kind} (${message})`)
  return `at ${first.where} ${formatCount(sum)} of ${counted(first.of, 'iteration')} fail: ${kinds.join(', ')}`
}

function sayUnknown({ missing }: LimitClaim, evidence: LimitEvidence, words: LimitWords): string {
  if (words.isAtRate) {
    return 'nothing but the rate that was asked for was sent; without --rate it is looked at what would carry more'
  }
  if (missing.includes('bandwidthUsed')) {
    return `${sayNoMore(evidence, words)}, and ${formatShare(evidence.bodyShare ?? 0)} of a request's time its body is on its way: a link that is full and a server that sends slowly look alike from here, and the same page with a smaller body would tell`
  }
  if (missing.includes('machineIdle')) {
    return `the client was ${formatShare(evidence.clientBusy ?? 0)} busy, and this system does not say whether its cores were: a client on another machine would tell`
  }
  const tried = missing.filter((name): name is Tried => name === 'larger' || name === 'busier' || name === 'process')
  const unclear = tried.filter((kind) => evidence[kind]?.gain !== undefined)
  const untold = tried.filter((kind) => evidence[kind]?.gain === undefined)
  const [few, unseen] = [true, false].map((isSeen) =>
    joinWords(untold.filter((kind) => (evidence[kind] !== undefined) === isSeen).map(nameUnseen(words))),
  )
  const parts = [
    ...unclear.map((kind) => sayUnclear(kind, evidence, words)),
    ...(few ? [`too few rounds were tried to tell what ${few} would carry`] : []),
    ...(unseen ? [`it was not looked at what ${unseen} would carry`] : []),
  ]
  return `${parts.join('; ')}; more --budget may tell`
}

/** Something that carries more where nothing explains it, or an interval that is too wide to say. */
function sayUnclear(kind: Tried, evidence: LimitEvidence, words: LimitWords): string {
  const name = nameTried(kind, evidence, words)
  if (stateOf(evidence[kind]?.gain) !== 'more')
    return `whether ${name} would carry more is unclear (${formatRange(evidence[kind]?.gain)})`
  return `${sayMore(kind, evidence, words)}, though the client was only ${formatShare(evidence.clientBusy ?? 0)} busy`
}

function nameUnseen({ sizeName }: LimitWords): (kind: Tried) => string {
  const names: Readonly<Record<Tried, string>> = {
    larger: `more ${sizeName}`,
    busier: 'more requests under way',
    process: 'a second client process',
  }
  return (kind) => names[kind]
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
