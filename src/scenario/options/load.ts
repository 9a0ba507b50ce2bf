import { decimal, type OptionDefinition, oneOf, pause, stageList, whole } from '../option.ts'

const noRate = {
  autocannon: 'the variants of its scenario say how many connections and requests there are',
  micro: 'the micro engine calls a function again and again',
}
const noLoad = {
  raw: 'the variants of a raw scenario say how many connections and requests there are',
  ...noRate,
}

/** How iterations are started, and how long what they use lives. */
export const loadOptions = {
  /**
   * Of a closed loop: iterations under way at any time, 1 to 10,000. In a run it makes the workload a closed loop.
   * @default 10, with `iterations` 1
   */
  concurrency: {
    ...whole(1, 10_000),
    default: 10,
    flag: '--concurrency <n>',
    example: '50',
    help: 'requests under way at any time',
    unset: "the scenario's, else {default}",
    field: 'workload.concurrency',
    refusedBy: noLoad,
  },
  /** Of a closed loop: how long each worker pauses after an iteration; no part of any latency. @default no pause */
  thinkTimeMs: {
    ...pause,
    flag: '--think-time <time>',
    example: '200ms-1s',
    help: "each worker's pause after an iteration: '500ms', '200ms-1s' (uniform) or 'exp:500ms' (exponential, its mean)",
    field: 'workload.thinkTimeMs',
    refusedBy: noLoad,
  },
  /**
   * Of a closed loop: each block is exactly this many iterations, shared by the workers, instead of a length of time.
   * Throughput is then this number by the time that it took. @default as many as a block has time for
   */
  iterations: {
    ...whole(1, 10_000_000),
    flag: '--iterations <n>',
    example: '10',
    help: 'each block is exactly this many iterations, instead of a length of time',
    field: 'workload.iterations',
    refusedBy: noLoad,
  },
  /** Of an open loop: iterations per second, 0.01 to 100,000. In a run it makes the workload an open loop. */
  arrivalRate: {
    ...decimal(0.01, 100_000),
    flag: '--rate <n>',
    example: '200',
    help: 'an open loop: start this many iterations per second, however long they take',
    field: 'workload.arrivalRate',
    refusedBy: noRate,
    conflicts: [
      {
        with: ['concurrency', 'thinkTimeMs', 'iterations'],
        say: (own, other) => `${own} makes an open loop and ${other} a closed one; give one of them`,
      },
    ],
  },
  /** Makes the workload an open loop whose rate changes, instead of `arrivalRate`. */
  stages: {
    ...stageList,
    flag: '--stage <stage>',
    example: '10s:0..200',
    help: "of an open loop whose rate changes (may be repeated): '10s:200' holds, '10s:0..200' ramps, '10s:->200' ramps from the stage before; one round unless --rounds or --generations say more",
    field: 'workload.stages',
    refusedBy: noRate,
    conflicts: [
      {
        with: ['concurrency', 'thinkTimeMs', 'iterations', 'arrivalRate'],
        say: (own, other) => `${own} and ${other} both say how iterations are started; give one of them`,
      },
    ],
  },
  /** Of an open loop. `constant`: evenly spaced; `poisson`: at random, from the run's seed. @default 'constant' */
  arrivals: {
    ...oneOf('constant', 'poisson'),
    default: 'constant',
    flag: '--arrivals <process>',
    example: 'poisson',
    help: 'of an open loop',
    unset: '{default}',
    field: 'workload.arrivals',
    refusedBy: noRate,
  },
  /** Of an open loop: an arrival that finds this many iterations under way is dropped and counted, never sent late. @default 1_000 */
  maxInFlight: {
    ...whole(1, 100_000),
    default: 1_000,
    flag: '--max-in-flight <n>',
    example: '500',
    help: 'of an open loop: arrivals beyond it are dropped and counted',
    unset: '{default}',
    field: 'workload.maxInFlight',
    refusedBy: noRate,
  },
  /**
   * How often a variant is made: once per process, so that what it opens is kept from block to block, or anew for every
   * block, so that each block pays for its own start (a session's first connection, say). Making is not measured.
   * @default 'process'
   */
  variantPer: {
    ...oneOf('process', 'block'),
    default: 'process',
    flag: '--variant-per <lifetime>',
    example: 'block',
    help: 'make variants once per process, or anew for every block',
    unset: "the scenario's",
    field: 'variantPer',
    refusedBy: {
      raw: 'a raw arm opens its connections anew for every block anyway',
      autocannon: 'autocannon opens its connections anew for every block anyway',
      micro: 'a function under test is made once per process',
    },
  },
} as const satisfies Record<string, OptionDefinition>
