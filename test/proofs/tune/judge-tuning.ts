import type { Tuning, TuningRow } from '../../../src/tune/report/model.ts'
import type { KnownTarget } from './known-targets.ts'

/** What is known of the run that the document does not tell. */
export interface Circumstances {
  readonly isBusy: boolean
  /** What a server that computes could do, by its own clock. */
  readonly cpuPerSecond: number
  /** As it was printed. */
  readonly text: string
}

/** `right`: all that was asked for is told, and true. `no answer`: some of it is not told, and that is said. */
export type Verdict = 'right' | 'no answer' | 'wrong'

export interface Judgement {
  readonly verdict: Verdict
  /** What was asked for and is not told, though that is said. */
  readonly missing: readonly string[]
  /** What is not true. */
  readonly untrue: readonly string[]
}

/** Holds a document against what is known of its target. */
export function judgeTuning(target: KnownTarget, tuning: Tuning, circumstances: Circumstances): Judgement {
  const missing = findMissing(target, tuning, circumstances)
  const untrue = [
    ...judgeAnswer(target, tuning),
    ...judgeBracket(target, tuning, circumstances),
    ...judgeLimit(target, tuning, circumstances),
    ...judgeLosses(target, tuning),
    ...judgeWords(target, tuning, circumstances),
  ]
  return { verdict: untrue.length > 0 ? 'wrong' : missing.length > 0 ? 'no answer' : 'right', missing, untrue }
}

/** What a document says that it does not know. */
function findMissing(target: KnownTarget, tuning: Tuning, circumstances: Circumstances): string[] {
  const { answer, limit } = tuning
  return [
    ...(isUnmeasured(target, tuning) ? [`no size: ${answer.state}`] : []),
    ...(isOpenLimit(target, tuning, circumstances) ? [`limit unknown (${limit.because})`] : []),
    ...(isOpenBracket(target, tuning) && saysSo(circumstances) ? [sayBracket(target, tuning)] : []),
  ]
}

function isUnmeasured({ sizes }: KnownTarget, { answer, end }: Tuning): boolean {
  return sizes !== undefined && answer.state === 'nothing measured' && end.state !== 'failed'
}

function isOpenLimit(target: KnownTarget, { limit }: Tuning, circumstances: Circumstances): boolean {
  return limit.what === 'unknown' && !rightLimits(target, circumstances).includes('unknown')
}

/** An end is not known, or they are farther apart than is wanted. */
function isOpenBracket({ widest }: KnownTarget, { highestRate }: Tuning): boolean {
  const { heldPerSecond = null, failedPerSecond = null } = highestRate ?? {}
  return widest !== undefined && !isWithin(heldPerSecond, failedPerSecond, widest)
}

function saysSo({ text }: Circumstances): boolean {
  return /none was shown to|none was tried|none counts as |too wide for an answer|varies too much here|would bring them within|apart: more --budget may tell|too little was measured/.test(
    words(text),
  )
}

function sayBracket({ widest = 0 }: KnownTarget, { highestRate }: Tuning): string {
  const { heldPerSecond = null, failedPerSecond = null } = highestRate ?? {}
  return `bracket ${heldPerSecond?.toFixed(1)} to ${failedPerSecond?.toFixed(1)} is wider than ${widest * 100} %`
}

function words(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

function judgeAnswer(target: KnownTarget, tuning: Tuning): string[] {
  const { states = ['recommended', 'likely'], sizes } = target
  const { answer, sizeName, end } = tuning
  if (isUnmeasured(target, tuning)) return []
  const size = Number(answer.params?.[sizeName])
  const isRight = sizes === undefined || (size >= sizes[0] && size <= sizes[1])
  return [
    ...(end.state === 'failed' ? [`it failed: ${end.message}`] : []),
    ...(states.includes(answer.state) ? [] : [`${answer.state}, not ${states.join(' or ')}`]),
    ...(isRight ? [] : [`size ${size}, not ${sizes.join('–')}`]),
  ]
}

/** The server's timers are late by some tenths of a ms, and its own clock is one of a single process. */
const clockError = 0.005

function judgeBracket(target: KnownTarget, tuning: Tuning, circumstances: Circumstances): string[] {
  const { carries, sizes } = target
  const { highestRate, answer, sizeName } = tuning
  const { cpuPerSecond } = circumstances
  const unsaid =
    isOpenBracket(target, tuning) && !saysSo(circumstances) ? [`${sayBracket(target, tuning)}, unsaid`] : []
  const size = Number(answer.params?.[sizeName])
  if (carries === undefined || sizes === undefined || !(size > 0)) return unsaid
  const [least, most] = carries === 'cpu' ? [cpuPerSecond * 0.96, cpuPerSecond] : carries(size)
  const { heldPerSecond, failedPerSecond } = highestRate ?? { heldPerSecond: null, failedPerSecond: null }
  const truth = `${least.toFixed(0)} to ${most.toFixed(0)}`
  return [
    ...(heldPerSecond !== null && heldPerSecond > most * (1 + clockError)
      ? [`held ${heldPerSecond.toFixed(1)} of ${truth}`]
      : []),
    ...(failedPerSecond !== null && failedPerSecond < least * (1 - clockError)
      ? [`failed ${failedPerSecond.toFixed(1)} of ${truth}`]
      : []),
    ...unsaid,
  ]
}

function isWithin(held: number | null, failed: number | null, widest: number): boolean {
  return held !== null && failed !== null && failed / held <= 1 + widest + 1e-3
}

function rightLimits({ limits, busyLimits = [] }: KnownTarget, { isBusy }: Circumstances): readonly string[] {
  return isBusy ? [...limits, ...busyLimits] : limits
}

function judgeLimit(target: KnownTarget, tuning: Tuning, circumstances: Circumstances): string[] {
  const { limit } = tuning
  const right = rightLimits(target, circumstances)
  return [
    ...(right.includes(limit.what) || isOpenLimit(target, tuning, circumstances)
      ? []
      : [`limit ${limit.what} (${limit.because}), not ${right.join(' or ')}`]),
    ...(limit.what !== 'unknown' && limit.restsOn.length === 0 ? [`limit ${limit.what} rests on nothing`] : []),
  ]
}

/** What was shown as lost, against what its own figures say and what is true. */
function judgeLosses({ carries }: KnownTarget, { sizes }: Tuning): string[] {
  const allowed = sizes.filter(({ broken }) => broken.length === 0)
  const best = Math.max(...allowed.map(({ throughputPerSecond }) => throughputPerSecond))
  return allowed.flatMap((row) => [...judgeShown(row, best), ...judgeTrue(row, allowed, carries)])
}

function judgeShown({ id, loss = 0, lossLimits, throughputPerSecond }: TuningRow, best: number): string[] {
  const shown = 1 - throughputPerSecond / best
  return [
    ...(Math.abs(shown - loss) > 0.005 ? [`${id} loses ${loss.toFixed(3)}, its figures say ${shown.toFixed(3)}`] : []),
    ...(lossLimits !== undefined && (loss < lossLimits.low - 1e-9 || loss > lossLimits.high + 1e-9)
      ? [`${id} loses ${loss.toFixed(3)}, outside of its limits`]
      : []),
  ]
}

/** Of sizes that are clearly short; a tenth of what is left may be noise, more so of one round. */
const noise = 0.15

function judgeTrue(
  { id, size, state, loss = 0 }: TuningRow,
  rows: readonly TuningRow[],
  carries: KnownTarget['carries'],
): string[] {
  if (typeof carries !== 'function' || state !== 'short') return []
  const best = Math.max(...rows.map((row) => carries(row.size)[1]))
  const [most, least] = carries(size).map((rate) => 1 - rate / best) as [number, number]
  const isTrue = loss >= least - noise && loss <= most + noise
  return isTrue ? [] : [`${id} loses ${loss.toFixed(2)}, truly ${least.toFixed(2)} to ${most.toFixed(2)}`]
}

/** Little's law: as many under way as there were, but for what a client takes to turn round. */
const littleError = 0.15

function judgeWords(
  { says = [], saysNot = [], concurrency, carries }: KnownTarget,
  tuning: Tuning,
  { text }: Circumstances,
): string[] {
  const { answer, littlesLaw, sizeName } = tuning
  const said = words(text)
  const size = Number(answer.params?.[sizeName])
  const underWay = concurrency ?? size
  // A size that only a rate was found for has as many under way as that takes.
  const isThrottled = tuning.sizes.some(({ isRecommended, broken }) => isRecommended && broken.length > 0)
  const isClosed = tuning.wantedRatePerSecond === null && typeof carries === 'function' && !isThrottled
  const little = littlesLaw !== null && isClosed && answer.lossLimits !== null
  return [
    ...says.filter((pattern) => !pattern.test(said)).map((pattern) => `does not say ${pattern}`),
    ...saysNot.filter((pattern) => pattern.test(said)).map((pattern) => `says ${pattern}`),
    ...(little && Math.abs(littlesLaw.busyConnections / underWay - 1) > littleError && answer.state === 'recommended'
      ? [`Little's law: ${littlesLaw.busyConnections.toFixed(1)} under way, truly ${underWay}`]
      : []),
  ]
}
