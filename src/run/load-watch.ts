import { LoadStopped } from '../arm/load-stopped.ts'
import type { LoadGuard } from '../plan/load-caps.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import { counted, grouped } from '../words/counted.ts'

/** Errors are judged over at least so many iterations: one failure of two is no trend. */
const leastIterations = 20
/** Shorter blocks have no rate to speak of. */
const leastMs = 100
/** Of a short block some requests may be one more or less than its rate says. */
const rateTolerance = 1.1

/** Watches blocks, one after another; throws LoadStopped when the target has had enough. */
export function makeLoadWatch({ abortOn, maxRate }: LoadGuard): (block: MeasuredBlock) => void {
  let succeeded = 0
  let failed = 0
  return (block) => {
    succeeded += block.succeeded
    failed += block.failed
    const perSecond = highestRate(block)
    if (maxRate !== undefined && perSecond > maxRate * rateTolerance) {
      throw new LoadStopped(
        `stopped: ${grouped(Math.round(perSecond))} per second are more than the ${grouped(maxRate)} that someone else's server gets; use --rate, or raise --max-rate`,
      )
    }
    if (succeeded + failed < leastIterations) return
    if (abortOn !== undefined && failed > abortOn * (succeeded + failed)) {
      const first = block.failures[0]
      const words = first === undefined ? '' : `: ${first.code}: ${first.message}`
      throw new LoadStopped(
        `stopped, as --abort-on says: ${grouped(failed)} of the last ${counted(succeeded + failed, 'iteration')} failed${words}`,
      )
    }
    succeeded = 0
    failed = 0
  }
}

/** Requests per second of a block, or of its busiest stage. */
function highestRate({ wire, elapsedMs, succeeded, failed, stages = [] }: MeasuredBlock): number {
  const rateOf = (requests: number, ms: number) => (requests * 1_000) / Math.max(ms, leastMs)
  const perIteration = wire.requests / Math.max(1, succeeded + failed)
  const inStages = stages.map(({ intended, dropped, workMs }) => rateOf((intended - dropped) * perIteration, workMs))
  return Math.max(rateOf(wire.requests, elapsedMs), ...inStages)
}
