import { UsageError } from '../bench-error.ts'
import { isOwnLoop } from '../scenario/engine-name.ts'
import type { Options } from '../scenario/options.ts'
import {
  type ResolvedClosedWorkload,
  type ResolvedOpenWorkload,
  type ResolvedWorkload,
  resolveClosed,
  resolveLoad,
  resolveOpen,
} from '../scenario/resolve-scenario.ts'
import { defined } from '../session/defined.ts'
import { counted } from '../words/counted.ts'

type Overrides = Pick<
  Options,
  'concurrency' | 'thinkTimeMs' | 'iterations' | 'arrivalRate' | 'stages' | 'arrivals' | 'maxInFlight'
>

/** The scenario's workload with what the user asked for instead. What only the other kind of loop has is ignored. */
export function overrideWorkload(workload: ResolvedWorkload, options: Overrides): ResolvedWorkload {
  const { concurrency, thinkTimeMs, iterations, arrivalRate, stages } = options
  if (isOwnLoop(workload) && workload.model !== 'raw') return workload
  const wantsClosed = [concurrency, thinkTimeMs, iterations].some((value) => value !== undefined)
  if (wantsClosed) return overrideClosed(workload, options)
  const wantsOpen = arrivalRate !== undefined || stages !== undefined
  return workload.model === 'open' || wantsOpen ? overrideOpen(workload, options) : workload
}

function overrideClosed(workload: ResolvedWorkload, options: Overrides): ResolvedClosedWorkload {
  // An undefined option must not take the scenario's own value away.
  const asked = defined({
    concurrency: options.concurrency,
    thinkTimeMs: options.thinkTimeMs,
    iterations: options.iterations,
  })
  const { iterationTimeoutMs } = workload
  const known = workload.model === 'closed' ? workload : ({ model: 'closed', iterationTimeoutMs } as const)
  const closed = resolveClosed({ ...known, ...asked })
  const { concurrency, iterations = concurrency } = closed
  if (concurrency <= iterations) return closed
  throw new UsageError(
    `expected at most one worker per iteration, got concurrency ${concurrency} for ${counted(iterations, 'iteration')}; give concurrency ${iterations} or less, or more iterations`,
  )
}

function overrideOpen(workload: ResolvedWorkload, options: Overrides): ResolvedOpenWorkload {
  const { iterationTimeoutMs } = workload
  const known: ResolvedOpenWorkload =
    workload.model === 'open'
      ? workload
      : {
          ...resolveOpen({ model: 'open', arrivalRate: 0, iterationTimeoutMs }),
          ...(workload.model === 'raw' && { engine: 'raw' }),
        }
  const asked = { ...known, ...defined({ arrivals: options.arrivals, maxInFlight: options.maxInFlight }) }
  if (options.stages !== undefined) return { ...asked, ...resolveLoad(options.stages) }
  if (options.arrivalRate === undefined) return asked
  const { stages: _, ...steady } = asked
  return { ...steady, arrivalRate: options.arrivalRate }
}
