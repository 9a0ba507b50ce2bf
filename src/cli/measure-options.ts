import { type Command, Option } from 'commander'
import { isLoopback } from '../../fixtures-server/is-loopback.ts'
import { UsageError } from '../bench-error.ts'
import { resolveHostedLimits } from '../plan/hosted-limits.ts'
import { defaultBudgetMs, planDefaults } from '../plan/make-plan.ts'
import { scenarioDefaults } from '../scenario/resolve-scenario.ts'
import type { Stage } from '../scenario/stages.ts'
import { suiteNames } from '../scenario/suites.ts'
import type { RunCommandOptions } from './commands/run.ts'
import { addLoadLimits } from './load-limit-options.ts'
import { parse } from './parse.ts'
import {
  readDuration,
  readInteger,
  readNumber,
  readProtocols,
  readRtts,
  readStage,
  readTarget,
  readTargetUrl,
  readThinkTime,
} from './read-options.ts'
import { formatOption, type ReportFlags, reportHelp, reportOption } from './report-options.ts'

/** The options of every command that measures, as commander hands them over. */
export type MeasureFlags = Omit<RunCommandOptions, 'externalOrigin' | 'reports'> &
  ReportFlags & { target?: string; allowTarget?: string[]; maxRate?: number; maxConnections?: number; abortOn?: number }

/** Adds what every command that measures may be told: which scenarios, how long, where, by which load, what to write. */
export function addMeasureOptions(command: Command): Command {
  const { blockMs, warmUpMs } = planDefaults
  return addLoadLimits(command)
    .addOption(
      new Option('--suite <name>', 'run the bundled scenarios of a suite, instead of naming them').choices(suiteNames),
    )
    .option('--tag <tag>', 'run the bundled scenarios with this tag (may be repeated: any of them)', collect)
    .option(
      '--budget <time>',
      `most time for each table, warm-up included; a round under way is finished, and one round is measured in any case, which slow work can need more time for; what one table does not use the next may (default: what a verdict takes, for two arms ${defaultBudgetMs('shared', 2) / 1_000}s in one process, ${defaultBudgetMs('process', 2) / 1_000}s in processes of their own)`,
      parse(readDuration),
    )
    .option(
      '--concurrency <n>',
      `requests under way at any time (default: the scenario's, else ${scenarioDefaults.concurrency})`,
      parse((text) => readInteger(text, 1, 10_000)),
    )
    .option(
      '--think-time <time>',
      "each worker's pause after an iteration: '500ms', '200ms-1s' (uniform) or 'exp:500ms' (exponential, its mean)",
      parse(readThinkTime),
    )
    .option(
      '--iterations <n>',
      'each block is exactly this many iterations, instead of a length of time',
      parse((text) => readInteger(text, 1, 10_000_000)),
    )
    .addOption(
      new Option(
        '--variant-per <lifetime>',
        "make variants once per process, or anew for every block (default: the scenario's)",
      ).choices(['process', 'block']),
    )
    .option(
      '--rate <n>',
      'an open loop: start this many iterations per second, however long they take',
      parse((text) => readNumber(text, 0.01, 100_000)),
    )
    .option(
      '--stage <stage>',
      "of an open loop whose rate changes (may be repeated): '10s:200' holds, '10s:0..200' ramps, '10s:->200' ramps from the stage before; one round unless --rounds or --generations say more",
      (text: string, earlier: readonly Stage[] = []) => [...earlier, parse(readStage)(text)],
    )
    .addOption(
      new Option('--arrivals <process>', 'of an open loop (default: constant)').choices(['constant', 'poisson']),
    )
    .option(
      '--max-in-flight <n>',
      `of an open loop: arrivals beyond it are dropped and counted (default: ${scenarioDefaults.maxInFlight.toLocaleString('en')})`,
      parse((text) => readInteger(text, 1, 100_000)),
    )
    .option(
      '--protocol <list>',
      "http, https, h2, or several: 'http,h2' (default: the scenario's)",
      parse(readProtocols),
    )
    .option('--rtt <list>', "added round-trip times in ms: '0,20' (default: the scenario's)", parse(readRtts))
    .option('--target <url>', 'measure this server instead of the bundled fixture server')
    .option(
      '--target-name <name>',
      "what --target is called: at another address it is then compared with earlier runs of that name (default: the scenario's target.name, else the address)",
    )
    .option(
      '--allow-target <host>',
      'a host beside this machine that may be loaded, by --target, a redirect or a URL of the scenario (may be repeated)',
      collect,
    )
    .option(
      '--seed <n>',
      'decides the order of the blocks (default: random; the report prints it)',
      parse((text) => readInteger(text, 0, 2 ** 32 - 1)),
    )
    .option('--block <time>', `shortest block; slow arms get longer ones (default: ${blockMs}ms)`, parse(readDuration))
    .option(
      '--warm-up <time>',
      `least warm-up per arm, with ${planDefaults.warmUpRequests.toLocaleString('en')} requests; at most twice the time (default: ${warmUpMs / 1_000}s)`,
      parse(readDuration),
    )
    .option(
      '--rounds <n>',
      'at most this many rounds, in each generation if there are several (default: as the budget allows)',
      parse((text) => readInteger(text, 1, planDefaults.maxUnits)),
    )
    .option(
      '--generations <n>',
      'generations of fresh processes, with --isolation process (default: as the budget allows)',
      parse((text) => readInteger(text, 1, 64)),
    )
    .option(
      '--processes <n>',
      `processes that share the load of each arm, for more than one core (default: the scenario's, else ${scenarioDefaults.processes})`,
      parse((text) => readInteger(text, 1, 64)),
    )
    .option('--phases', 'also show where the time of requests went; costs some µs of CPU time per request')
    .option('--no-phases', 'do not, though the scenario asks for it')
    .addOption(formatOption())
    .option(
      '--out <file>',
      'also write the results, as JSON, to this file: after each table, so that they outlive a crash',
    )
    .addOption(reportOption())
    .addHelpText('after', reportHelp)
}

/** The flags of a command that measures as options of a run. Throws UsageError for flags that contradict each other. */
export function readMeasureFlags({
  target,
  allowTarget = [],
  maxRate,
  maxConnections,
  abortOn,
  ...flags
}: MeasureFlags & Record<string, unknown>): RunCommandOptions {
  const {
    budget,
    block,
    warmUp,
    rounds,
    rate,
    stage,
    rtt,
    protocol,
    thinkTime,
    tag,
    report = [],
    ...rest
  } = flags as Record<string, unknown>
  if (target !== undefined && (rtt !== undefined || protocol !== undefined)) {
    throw new UsageError('--rtt and --protocol are for the bundled fixture server; leave them out with --target')
  }
  const closed = [
    rest.concurrency !== undefined && '--concurrency',
    thinkTime !== undefined && '--think-time',
    rest.iterations !== undefined && '--iterations',
  ].find((option) => option !== false)
  if (rate !== undefined && closed !== undefined) {
    throw new UsageError(`--rate makes an open loop and ${closed} a closed one; give one of them`)
  }
  const steady = closed ?? (rate === undefined ? undefined : '--rate')
  if (stage !== undefined && steady !== undefined) {
    throw new UsageError(`--stage and ${steady} both say how iterations are started; give one of them`)
  }
  return {
    ...(rest as Pick<RunCommandOptions, 'format' | 'inconclusive' | 'suspect'>),
    tags: tag as string[] | undefined,
    reports: report as RunCommandOptions['reports'],
    budgetMs: budget as number | undefined,
    blockMs: block as number | undefined,
    warmUpMs: warmUp as number | undefined,
    maxRounds: rounds as number | undefined,
    thinkTimeMs: thinkTime as RunCommandOptions['thinkTimeMs'],
    arrivalRate: rate as number | undefined,
    stages: stage as RunCommandOptions['stages'],
    rttsMs: rtt as number[] | undefined,
    protocols: protocol as RunCommandOptions['protocols'],
    externalOrigin: target === undefined ? undefined : readTarget(target, allowTarget),
    allowedHosts: allowTarget,
    limits: resolveHostedLimits({ isHosted: isHosted(target, allowTarget), maxRate, maxConnections, abortOn }),
  }
}

function isHosted(target: string | undefined, allowedHosts: readonly string[]): boolean {
  return target !== undefined && !isLoopback(readTargetUrl(target, allowedHosts).hostname)
}

/** For an option that may be repeated. */
export function collect(value: string, values: readonly string[] = []): string[] {
  return [...values, value]
}
