import type { TargetProfile } from '../plan/target-profile.ts'
import type { Block } from '../sample/block.ts'
import { at } from '../session/at.ts'

/** Counts per request (or iteration) that a machine's speed does not change. More of any is worse. */
export const counterNames = [
  'connectionsPerRequest',
  'fullHandshakesPerRequest',
  'handshakesPerRequest',
  'requestsPerIteration',
  'bytesSentPerRequest',
  'bytesReceivedPerRequest',
] as const
export type CounterName = (typeof counterNames)[number]

/** What of a block is counted. */
export type CountedBlock = Pick<Block, 'generation' | 'succeeded' | 'failed' | 'wire' | 'newCarriers'>

/** A ratio of two counts of a block. */
interface Counter {
  readonly count: (block: CountedBlock) => number
  readonly per: (block: CountedBlock) => number
}

const requests = ({ wire }: CountedBlock) => wire.requests
export const counters: Readonly<Record<CounterName, Counter>> = {
  connectionsPerRequest: { count: ({ wire }) => wire.connectionsOpened, per: requests },
  fullHandshakesPerRequest: { count: ({ wire }) => wire.handshakesFull, per: requests },
  handshakesPerRequest: { count: ({ wire }) => wire.handshakesFull + wire.handshakesResumed, per: requests },
  requestsPerIteration: { count: requests, per: ({ succeeded }) => succeeded },
  bytesSentPerRequest: { count: ({ wire }) => wire.bytesSent, per: requests },
  bytesReceivedPerRequest: { count: ({ wire }) => wire.bytesReceived, per: requests },
}

/**
 * In which form a counter is the same in every run of the same code, read from the baseline's own blocks:
 * - `exact`: every block had the same ratio, so every block must have it again;
 * - `pool`: a warm pool opened nothing, whatever the number of requests. It may be filled late, so a process may use as many
 *   connections as one of the baseline's did; one that opens more is not keeping them;
 * - `per block`: every block had the same count, whatever the number of requests (a variant made anew for each block);
 * - `varies`: none of these; the median of the blocks must not leave the range that the baseline's blocks had.
 */
export const counterForms = ['exact', 'pool', 'per block', 'varies'] as const
export type CounterForm = (typeof counterForms)[number]

/** What holds for all counters of an arm, as its blocks before show it. */
interface FormsOfArm {
  /** Connections come by chance: a few blocks in which nothing was sent again do not show that nothing ever is. */
  readonly isFickle: boolean
  /** It had all the connections that it needs. */
  readonly isPool: boolean
}

export function readForms(before: readonly CountedBlock[], target: TargetProfile | undefined): FormsOfArm {
  const isVarying = before.length > 1 && formOf('connectionsPerRequest', before) === 'varies'
  const isFickle = isVarying || isByChance(target)
  return { isFickle, isPool: !isFickle && before.every(({ wire }) => wire.connectionsOpened === 0) }
}

/** A target that fails or closes at random, or by the clock: what it makes a client open and send again is no form of the code. */
function isByChance(target: TargetProfile | undefined): boolean {
  if (target?.kind !== 'fixture') return false
  const { faults = {}, keepAliveTimeoutMs } = target.conditions ?? {}
  const rates = [faults.errorRate, faults.resetRate, faults.resetReused]
  return (
    keepAliveTimeoutMs !== undefined || faults.stall !== undefined || rates.some((rate = 0) => rate > 0 && rate < 1)
  )
}

/** The form of a ratio, as far as these blocks show it. */
export function formOf(name: CounterName, blocks: readonly CountedBlock[]): Exclude<CounterForm, 'pool'> {
  const { count, per } = counters[name]
  const first = at(blocks, 0)
  // Of one block nobody knows whether its ratio is that of every block, unless it is a whole number: so many per request.
  if (blocks.length === 1) return Number.isInteger(count(first) / per(first)) ? 'exact' : 'varies'
  if (blocks.every((block) => count(block) * per(first) === count(first) * per(block))) return 'exact'
  return blocks.every((block) => count(block) === count(first)) ? 'per block' : 'varies'
}
