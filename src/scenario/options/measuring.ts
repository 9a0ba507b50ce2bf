import * as z from 'zod'
import { UsageError } from '../../bench-error.ts'
import { maskUrl } from '../../session/mask.ts'
import { type ComparableMetricName, comparableMetricNames } from '../metric-names.ts'
import { duration, type OptionDefinition, oneOf, whole, yesOrNo } from '../option.ts'

/** `latency.p99=5%`, or `5%` for every metric; what comes later goes over what came before. */
function readMargin(text: string, earlier: Readonly<Margins> = {}): Readonly<Margins> {
  const [, name, percent = ''] = /^(?:([\w.]+)=)?(\d+(?:\.\d+)?)%?$/.exec(text) ?? []
  const share = Number(percent) / 100
  const known = comparableMetricNames.filter((metric) => name === undefined || metric === name)
  if (percent !== '' && known.length > 0 && share >= leastMargin && share <= mostMargin) {
    return { ...earlier, ...Object.fromEntries(known.map((metric) => [metric, share])) }
  }
  const names = comparableMetricNames.join(', ')
  throw new UsageError(
    `expected a difference from ${leastMargin * 100}% to ${mostMargin * 100}% such as 5%, or of one metric such as latency.p99=5% (${names}), got '${maskUrl(text)}'`,
  )
}

type Margins = Partial<Record<ComparableMetricName, number>>
const [leastMargin, mostMargin] = [0.001, 10]

/** How long is measured, in which pieces, by how many processes, and what is looked at. */
export const measuringOptions = {
  /**
   * Most time for each table, warm-up included, in milliseconds; in a scenario `--budget` wins.
   * @default what a verdict takes when nothing is slow: 20 s for two arms in one process
   */
  budgetMs: {
    ...duration,
    flag: '--budget <time>',
    example: '60s',
    help: 'most time for each table, warm-up included; a round under way is finished, and one round is measured in any case, which slow work can need more time for; what one table does not use the next may',
    unset: 'what a verdict takes',
    field: 'budgetMs',
  },
  /**
   * Time that the blocks of each table take in all, in milliseconds, instead of a budget: the arms share it evenly, generations
   * too. Starting and warming up come on top, and nothing ends it sooner, not even a clear answer.
   */
  durationMs: {
    ...duration,
    flag: '--duration <time>',
    example: '30s',
    help: 'measure each table for exactly this long in all, shared evenly by its arms, however clear the answer is; warm-up comes on top. Instead of --budget, which bounds everything and ends sooner when the answer is clear, and of --rounds: there are as many rounds as fit, of blocks of at least --block',
    conflicts: [
      {
        with: ['budgetMs', 'maxRounds', 'iterations', 'stages'],
        say: (own, other) => `${own} and ${other} both say how much is measured; give one of them`,
      },
    ],
  },
  /** Decides the order of all blocks, and everything random; results hold it. @default a random one */
  seed: {
    ...whole(0, 0xffff_ffff),
    flag: '--seed <n>',
    example: '7',
    help: 'decides the order of the blocks',
    unset: 'random; the report prints it',
  },
  /** Shortest block, in milliseconds. @default 100 */
  blockMs: {
    ...duration,
    default: 100,
    flag: '--block <time>',
    example: '250ms',
    help: 'shortest block; slow arms get longer ones',
    unset: '{default}',
  },
  /** Least warm-up of an arm, in milliseconds, with 20,000 requests; at most twice the time. @default 2_500 */
  warmUpMs: {
    ...duration,
    default: 2_500,
    flag: '--warm-up <time>',
    example: '1s',
    help: 'least warm-up per arm, with 20,000 requests; at most twice the time',
    unset: '{default}',
  },
  /** Most rounds, 1 to 256: in each generation if there are several. @default as the budget allows */
  maxRounds: {
    ...whole(1, 256),
    flag: '--rounds <n>',
    example: '16',
    help: 'at most this many rounds, in each generation if there are several',
    unset: 'as the budget allows',
  },
  /** Generations of fresh processes, 1 to 64. @default as the budget allows */
  generations: {
    ...whole(1, 64),
    flag: '--generations <n>',
    example: '8',
    help: 'generations of fresh processes, with --isolation process',
    unset: 'as the budget allows',
  },
  /**
   * `shared`: arms run in one process and the unit is the quad; `process`: each in its own, several generations.
   * @default 'process' when there are several variants, 'shared' when only a sweep's values differ
   */
  isolation: {
    ...oneOf('shared', 'process'),
    flag: '--isolation <kind>',
    example: 'shared',
    help: 'shared: all arms in one process; process: each in its own, several generations',
    unset: "the scenario's",
    field: 'isolation',
  },
  /**
   * By metric: the least difference that matters, as a share (0.05 is 5 %). `slower` and `faster` reach it, `same` stays within.
   * @default 0.03 of throughput, latency.p50 and cpuPerRequest, 0.05 of latency.p90, 0.1 of latency.p99
   * @example { 'latency.p99': 0.05 }
   */
  margins: {
    schema: z.partialRecord(z.enum(comparableMetricNames), z.number().min(leastMargin).max(mostMargin)).readonly(),
    read: readMargin,
    flag: '--margin <margin>',
    example: 'latency.p99=5%',
    help: "the least difference that matters, of one metric, or of all ('5%'): slower and faster reach it, same stays within (may be repeated)",
    unset: "the scenario's, else 3% for throughput, p50 and CPU time, 5% for p90, 10% for p99",
    field: 'margins',
  },
  /**
   * Processes that share the load of one arm, 1 to 64: for more than one core. Each makes the variants of its own, so that a
   * session per arm is then a session per process; a raw arm's connections are split. @default 1
   */
  processes: {
    ...whole(1, 64),
    default: 1,
    flag: '--processes <n>',
    example: '4',
    help: 'processes that share the load of each arm, for more than one core',
    unset: "the scenario's, else {default}",
    field: 'processes',
    refusedBy: {
      micro: 'the micro engine times one call after another: in several processes they would disturb each other',
    },
  },
  /**
   * Find out where the time of requests goes: for scenarios whose answer is a phase. It costs some µs of CPU time per request,
   * which all figures then include. @default false
   */
  phases: {
    ...yesOrNo,
    default: false,
    flag: '--phases',
    off: ['--no-phases', 'do not, though the scenario asks for it'],
    example: '',
    help: 'also show where the time of requests went; costs some µs of CPU time per request',
    field: 'phases',
    refusedBy: {
      raw: 'the raw engine does not follow single requests',
      autocannon: 'autocannon does not say what its requests wait for',
      micro: 'the micro engine sends no requests',
    },
  },
} as const satisfies Record<string, OptionDefinition>
