import { BenchError } from '../bench-error.ts'
import { type MeasuredBlock, throughputPerSecond } from '../sample/block.ts'

/** When load on a server has to stop, whatever else is still wanted. */
export interface LoadGuard {
  /** Share of failed iterations, 0 to 1. */
  readonly mostErrors: number
  /** Iterations per second that no block may exceed. */
  readonly mostPerSecond?: number | undefined
}

/** Load was stopped for the target's sake. */
export class LoadStopped extends BenchError {
  override readonly name = 'LoadStopped'

  constructor(message: string) {
    super('LOAD_STOPPED', message)
  }
}

/** Errors are judged over at least so many iterations: one failure of two is no trend. */
const leastIterations = 20
/** A closed loop cannot hold its rate; a twentieth more is its own unsteadiness. */
const rateTolerance = 1.05

/** Watches blocks, one after another; throws LoadStopped when the target has had enough. */
export function makeLoadWatch({ mostErrors, mostPerSecond }: LoadGuard): (block: MeasuredBlock) => void {
  let succeeded = 0
  let failed = 0
  return (block) => {
    succeeded += block.succeeded
    failed += block.failed
    const perSecond = throughputPerSecond(block)
    if (mostPerSecond !== undefined && perSecond > mostPerSecond * rateTolerance) {
      throw new LoadStopped(
        `stopped: ${Math.round(perSecond)} per second are more than the ${mostPerSecond} that someone else's server gets; use --rate, or raise --max-rate`,
      )
    }
    if (succeeded + failed < leastIterations) return
    if (failed > mostErrors * (succeeded + failed)) {
      const first = block.failures[0]
      const words = first === undefined ? '' : `: ${first.code}: ${first.message}`
      throw new LoadStopped(
        `stopped, as --abort-on says: ${failed} of the last ${succeeded + failed} iterations failed${words}`,
      )
    }
    succeeded = 0
    failed = 0
  }
}
