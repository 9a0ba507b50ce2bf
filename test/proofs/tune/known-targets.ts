import type { LimitKind } from '../../../src/tune/search/judge-limit.ts'
import type { KnownServer } from './known-server.ts'

/** What is true of a target, and how it is asked. */
export interface KnownTarget {
  readonly name: string
  /** A page of the bundled server, or a server of our own. */
  readonly server: { readonly path: string } | KnownServer
  /** Instead of one GET by a session: a scenario beside this file, with its own target. */
  readonly scenario?: string
  readonly rttMs?: number
  /** @default 'errors<0.1%' */
  readonly objective?: string
  /** @default 64 */
  readonly largest?: number
  /** @default 60 s */
  readonly budgetMs?: number
  readonly concurrency?: number
  /** Instead of the highest rate. */
  readonly ratePerSecond?: number
  /** The answer's state. @default recommended or likely */
  readonly states?: readonly string[]
  /** Sizes that are right: the smallest that loses less than 3 %, and up to an eighth more. Undefined: none is recommended. */
  readonly sizes?: readonly [least: number, most: number]
  /**
   * What a size carries per second, at least and at most: how long a turnaround takes, where each connection waits for one,
   * is not known to the last tenth. Undefined: nobody knows. `cpu`: what the server says of itself.
   */
  readonly carries?: ((size: number) => readonly [least: number, most: number]) | 'cpu'
  /** Widest bracket, as a share; undefined: none is asked for. */
  readonly widest?: number
  readonly limits: readonly LimitKind[]
  /** Also right beside a busy neighbour, who takes a core. */
  readonly busyLimits?: readonly LimitKind[]
  /** What has to be said, and what must not be. */
  readonly says?: readonly RegExp[]
  readonly saysNot?: readonly RegExp[]
  /** Simulated, its client takes a fifth of the time for each request. */
  readonly isFastClient?: boolean
  /** Wants what is not simulated: the way of a request through its phases, or a link of the bundled server. */
  readonly isRealOnly?: boolean
}

const [steady, random] = [0.05, 0.1]
/** A session, the loopback and a timer take between one and three ms of each turn. */
const turnaroundMs = [0, 3] as const

/** So many at a time, each so long, over so many connections. */
const workers =
  (count: number, serviceMs: number, awayMs = 0) =>
  (size: number): readonly [number, number] => {
    const [most, least] = turnaroundMs.map((ms) => {
      return Math.min((count * 1_000) / serviceMs, (size * 1_000) / (serviceMs + awayMs + ms))
    }) as [number, number]
    return [least, most]
  }
const unlimited = (answerMs: number) => workers(10_000, answerMs)
const moreToTry = /is the most connections that were tried: more may carry more/

/** Each kind of limit, known beforehand. */
export const knownTargets: readonly KnownTarget[] = [
  {
    ...{ name: 'four workers', server: { path: '/work?serviceUs=20000&workers=4' } },
    ...{ sizes: [4, 6], carries: workers(4, 20), widest: steady, limits: ['server'] },
  },
  {
    ...{ name: 'eight workers, 64 under way', server: { path: '/work?serviceUs=5000&workers=8' }, concurrency: 64 },
    ...{ sizes: [8, 16], carries: workers(8, 5), widest: steady, limits: ['server'] },
    saysNot: [/waiting in the client's pool is the limit/],
  },
  {
    ...{ name: 'one worker', server: { path: '/work?serviceUs=20000&workers=1' }, largest: 32 },
    ...{ sizes: [1, 2], carries: workers(1, 20), widest: steady, limits: ['server'] },
  },
  {
    ...{ name: 'retrograde', server: { path: '/work?serviceUs=20000&workers=4&crosstalk=0.1' }, largest: 32 },
    ...{ sizes: [3, 5], widest: random, limits: ['server'] },
    carries: (size) => workers(4, 20)(size).map((rate) => rate / (1 + 0.1 * (size - 1))) as [number, number],
  },
  {
    ...{ name: 'at most eight connections', server: { delayMs: 20, mostConnections: 8 } },
    ...{ sizes: [7, 8], carries: unlimited(20), widest: steady, limits: ['limiter'] },
    says: [/\d × (reset|refused)/],
  },
  {
    ...{ name: 'a connection for each of eight workers', server: { delayMs: 20, prefork: 8 } },
    ...{ sizes: [7, 8], carries: unlimited(20), widest: steady, limits: ['limiter', 'server'] },
    says: [/\d × timeout/],
  },
  {
    ...{ name: 'one CPU', server: { cpuMs: 5 } },
    ...{ sizes: [1, 3], carries: 'cpu', widest: steady, limits: ['server'], busyLimits: ['machine', 'unknown'] },
  },
  {
    ...{ name: 'no limit', server: { delayMs: 50 } },
    ...{ sizes: [64, 64], carries: unlimited(50), widest: steady, limits: ['pool'], says: [moreToTry] },
  },
  {
    ...{ name: 'a slow body', server: { bodyMs: 200, bodyBytes: 2_000 } },
    ...{ sizes: [64, 64], carries: unlimited(200), widest: steady, limits: ['pool'], says: [moreToTry] },
  },
  {
    ...{ name: '429 above 150 per second', server: { perSecond: 150, delayMs: 1 } },
    ...{ sizes: [1, 1], carries: () => [149, 151], widest: steady, limits: ['limiter'], says: [/\d × status 429/] },
  },
  {
    ...{ name: '503 for more than ten at a time', server: { mostAtOnce: 10, delayMs: 20 } },
    ...{ sizes: [9, 10], carries: unlimited(20), widest: steady, limits: ['limiter'], says: [/\d × status 503/] },
  },
  {
    ...{ name: 'a database behind a delay', server: { delayMs: 30, workers: 5, serviceMs: 10 } },
    ...{ sizes: [20, 24], carries: workers(5, 10, 30), widest: steady, limits: ['server'] },
  },
  {
    ...{ name: 'four workers behind a link', server: { path: '/work?serviceUs=20000&workers=4' }, rttMs: 50 },
    ...{ sizes: [14, 17], carries: workers(4, 20, 50), widest: steady, limits: ['server'] },
  },
  {
    ...{ name: 'a round trip', server: { path: '/get' }, rttMs: 40, largest: 32 },
    ...{ sizes: [32, 32], carries: unlimited(40), widest: steady, limits: ['link'], says: [moreToTry] },
  },
  {
    ...{ name: "a link's bandwidth", server: { path: '' }, scenario: 'bandwidth', isRealOnly: true, concurrency: 16 },
    ...{ sizes: [1, 3], carries: () => [95, 100], widest: steady, limits: ['link'] },
  },
  {
    ...{
      name: 'bandwidth that nobody tells of',
      isRealOnly: true,
      server: { bodyBytes: 20_000, bytesPerSecond: 2_000_000 },
      largest: 16,
    },
    ...{ sizes: [1, 2], carries: workers(1, 10), widest: steady, limits: ['unknown'], says: [/look alike from here/] },
  },
  {
    ...{ name: 'eight workers, exponential', server: { path: '/work?serviceUs=5000&workers=8&law=exponential' } },
    ...{
      sizes: [8, 16],
      carries: workers(8, 5),
      widest: random,
      limits: ['server', 'unknown'],
      budgetMs: 90_000,
      largest: 32,
    },
  },
  {
    ...{
      name: 'four workers, lognormal',
      server: { path: '/work?serviceUs=20000&workers=4&law=lognormal' },
      largest: 16,
    },
    // A request takes from a tenth to ten times its median: in less time what is carried is not known to ten per cent.
    ...{ sizes: [4, 8], carries: workers(4, 20), widest: random, limits: ['server', 'unknown'], budgetMs: 180_000 },
  },
  {
    ...{ name: 'an objective', server: { path: '/work?serviceUs=50000&workers=64&crosstalk=0.1' }, largest: 32 },
    ...{ objective: 'p50<98ms,errors<0.1%', budgetMs: 120_000, sizes: [9, 10], limits: ['objective'] },
  },
  {
    ...{
      name: 'an objective that nothing meets',
      server: { path: '/work?serviceUs=20000&workers=4' },
      largest: 16,
    },
    ...{ objective: 'p50<19.5ms', states: ['none'], limits: ['unknown'] },
    says: [/no size that was tried meets p50<19\.5ms; nearest was connections=\d+ \(p50 \d/],
  },
  {
    ...{ name: 'one in twenty fails', server: { failShare: 0.05, delayMs: 5 }, largest: 16, states: ['none'] },
    ...{ limits: ['unknown'], says: [/\d × status 500/, /nearest was connections=\d+ \(errors \d/] },
  },
  {
    ...{ name: 'a client', server: { isLean: true }, isFastClient: true, largest: 16, states: ['refused'] },
    // On two cores a second client takes from the server: that neither can be told is true there.
    ...{ limits: ['client', 'machine'], busyLimits: ['unknown'] },
  },
  {
    ...{ name: 'a rate over four workers', server: { path: '/work?serviceUs=20000&workers=4' }, largest: 16 },
    ...{ ratePerSecond: 155, sizes: [4, 4], limits: ['unknown'] },
  },
]
