import { type Command, Option } from 'commander'
import { defaultBudgetMs } from '../plan/plan-amount.ts'
import type { OptionName, Options } from '../scenario/options.ts'
import { suiteNames } from '../scenario/suites.ts'
import type { RunCommandOptions } from './commands/run.ts'
import { formatOption, type ReportFlags, reportHelp, reportOption } from './report-options.ts'
import { addOptions, checkFlags, optionsBut } from './table-options.ts'

/** The options of every command that measures, as commander hands them over. */
export type MeasureFlags = Omit<RunCommandOptions, 'reports' | 'tags'> & ReportFlags & { readonly tag?: string[] }

/**
 * Adds what every command that measures may be told: which scenarios, how long, where, by which load, what to write; every
 * option of the table but those that mean nothing to this command.
 */
export function addMeasureOptions(
  command: Command,
  { without = [] }: { without?: readonly OptionName[] } = {},
): Command {
  command
    .addOption(
      new Option('--suite <name>', 'run the bundled scenarios of a suite, instead of naming them').choices(suiteNames),
    )
    .option('--tag <tag>', 'run the bundled scenarios with this tag (may be repeated: any of them)', collect)
  return addOptions(command, optionsBut(...without), { budgetMs: { unset: usualBudget } })
    .addOption(formatOption())
    .option(
      '--out <file>',
      'also write the results, as JSON, to this file at the end; beside it, as .ndjson, each event is written as it happens: report reads what a crash leaves of them',
    )
    .addOption(reportOption())
    .addHelpText('after', reportHelp)
}

const [sharedBudget, processBudget] = (['shared', 'process'] as const).map((kind) => defaultBudgetMs(kind, 2) / 1_000)
const usualBudget = `what a verdict takes, for two arms ${sharedBudget}s in one process, ${processBudget}s in processes of their own`

/** The flags of a command that measures as options of a run. Throws UsageError for flags that contradict each other. */
export function readMeasureFlags<Flags extends MeasureFlags>({ tag, report = [], ...flags }: Flags) {
  checkFlags(flags as Options)
  return { ...flags, tags: tag, reports: report }
}

/** For an option that may be repeated. */
export function collect(value: string, values: readonly string[] = []): string[] {
  return [...values, value]
}
