import { ArmFailure } from '../arm/arm-failure.ts'
import type { WarmUpReport } from '../judge/endings.ts'
import type { WarmUpRule } from '../plan/plan.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import { throughputPerSecond } from '../sample/block-core.ts'
import type { FailureSummary } from '../sample/outcome.ts'
import { median } from '../statistics/quantile.ts'
import { testSteadiness } from '../statistics/steadiness.ts'
import { counted } from '../words/counted.ts'
import type { ArmUnderTest } from './arm-under-test.ts'

/** What is known of an arm once it is warm: enough to choose the length of its blocks. */
export interface WarmUpResult {
  /** Median latency (µs) and rate: the medians of the warm-up's last pieces, so that one that stalled does not tell. */
  readonly p50Us: number
  readonly iterationsPerSecond: number
  /** Redirects, resends and several requests of one iteration count each. */
  readonly requestsPerSecond: number
  readonly report: WarmUpReport
}

/** The budget ended before every arm was warm. */
export class OutOfBudget extends Error {
  override readonly name = 'OutOfBudget'
}

/** Pieces are what the trend test sees: this many at least in the shortest warm-up, and always the last of them. */
const piecesJudged = 12
/** What an arm's speed is taken from. */
const piecesSummarized = 5
const longestPieceMs = 250
const shortestPieceMs = 50

/** An arm that has not succeeded once by then is not going to: say so instead of warming up nothing. */
const hopelessAfterMs = 1_000

interface WarmUpOptions {
  readonly rule: WarmUpRule
  readonly generation: number
  /** Monotonic, ms. @default performance.now */
  readonly nowMs?: () => number
}

/**
 * Loads an arm until it is warm: the rule's least is past and its last pieces show no trend, or the rule's most is past.
 * Nothing of it is measured. Rejects with ArmFailure when not one iteration succeeds.
 */
export async function warmUp(
  arm: ArmUnderTest,
  { rule, generation, nowMs = () => performance.now() }: WarmUpOptions,
): Promise<WarmUpResult> {
  const startMs = nowMs()
  const pieceMs = Math.min(rule.maxMs, longestPieceMs, Math.max(shortestPieceMs, rule.minMs / piecesJudged))
  const values: number[] = []
  const last: Speed[] = []
  let succeeded = 0
  let failed = 0
  let failure: FailureSummary | undefined
  for (;;) {
    const piece = await arm.runBlock(pieceMs, 'warm-up')
    const elapsedMs = nowMs() - startMs
    values.push(settlingValue(piece))
    last.push(speedOf(piece))
    if (last.length > piecesSummarized) last.shift()
    succeeded += piece.succeeded
    failed += piece.failed
    failure ??= piece.failures[0]
    if (succeeded === 0 && elapsedMs >= Math.min(hopelessAfterMs, rule.maxMs)) {
      const first =
        failure === undefined
          ? 'nothing came back'
          : `the first: ${failure.code}: ${failure.message}${failure.url === undefined ? '' : ` (${failure.url})`}`
      const none = failed === 1 ? 'the only iteration' : `none of ${counted(failed, 'iteration')}`
      const how = failed === 1 ? 'failed' : 'succeeded'
      throw new ArmFailure(`${none} of '${arm.id}' ${how} in its warm-up; ${first}`)
    }
    const { state, changePercent } = testSteadiness(values.filter((value) => value > 0).slice(-piecesJudged))
    const isWarm = elapsedMs >= rule.minMs && succeeded >= rule.minRequests && state === 'steady'
    if (!isWarm && elapsedMs < rule.maxMs) continue
    const change = changePercent === undefined ? {} : { changePercent }
    return { ...summarize(last), report: { arm: arm.id, generation, elapsedMs, state, ...change } }
  }
}

/** What settles as an arm warms up. */
function settlingValue(piece: MeasuredBlock): number {
  return piece.openLoop === undefined ? throughputPerSecond(piece) : piece.p50Us
}

type Speed = Omit<WarmUpResult, 'report'>

function summarize(pieces: readonly Speed[]): Speed {
  const medianOf = (value: (piece: Speed) => number) => median(pieces.map(value))
  return {
    p50Us: medianOf(({ p50Us }) => p50Us),
    iterationsPerSecond: medianOf(({ iterationsPerSecond }) => iterationsPerSecond),
    requestsPerSecond: medianOf(({ requestsPerSecond }) => requestsPerSecond),
  }
}

function speedOf(piece: MeasuredBlock): Speed {
  const iterationsPerSecond = throughputPerSecond(piece)
  const requestsPerIteration = piece.wire.requests / Math.max(1, piece.succeeded + piece.failed)
  return { p50Us: piece.p50Us, iterationsPerSecond, requestsPerSecond: iterationsPerSecond * requestsPerIteration }
}

/** After this long without work an arm is no longer as warm as it was: pools close idle connections. */
const coldAfterMs = 1_000

/**
 * Sends one round of iterations, unmeasured, to an arm that has rested while others ran: how long it rests is the
 * harness's doing, and a connection lost to that is not the arm's. (A scenario about idle gaps waits inside its iterations.)
 */
export async function wake(arm: ArmUnderTest): Promise<void> {
  const idleMs = arm.idleMs()
  if (idleMs !== undefined && idleMs > coldAfterMs) await arm.runBlock(1, 'warm-up')
}
