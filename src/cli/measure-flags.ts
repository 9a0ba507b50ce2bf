import { type Command, Option } from 'commander'
import { defaultBudgetMs } from '../plan/plan-amount.ts'
import type { OptionName } from '../scenario/options.ts'
import { suiteNames } from '../scenario/suites.ts'
import { addFlags, flagNamed, optionsBut, repeatable } from './option-flags.ts'
import { formatFlag, reportFlag, reportHelp } from './report-flags.ts'

/**
 * Adds what every command that measures may be told: which scenarios, how long, where, by which load, what to write; every
 * option of the table but those that mean nothing to this command.
 */
export function addMeasureFlags(command: Command, { without = [] }: { without?: readonly OptionName[] } = {}): Command {
  addSelection(command, 'run the bundled scenarios')
  return addFlags(command, optionsBut(...without), { budgetMs: { unset: usualBudget } })
    .addOption(formatFlag())
    .option(
      '--out <file>',
      'also write the results, as JSON, to this file at the end; beside it, as .ndjson, each event is written as it happens: report reads what a crash leaves of them',
    )
    .addOption(reportFlag())
    .addHelpText('after', reportHelp)
}

const [sharedBudget, processBudget] = (['shared', 'process'] as const).map((kind) => defaultBudgetMs(kind, 2) / 1_000)
const usualBudget = `what a verdict takes, for two arms ${sharedBudget}s in one process, ${processBudget}s in processes of their own`

/** `--suite` and `--tag`: bundled scenarios by what they are for. */
export function addSelection(command: Command, what: string): Command {
  return command
    .addOption(new Option('--suite <name>', `${what} of a suite, instead of naming them`).choices(suiteNames))
    .addOption(tagFlag(`${what} with this tag`))
}

/** `--tag`: as often as there are tags. */
export function tagFlag(what: string): Option {
  return repeatable(flagNamed('tags', '--tag <tag>', `${what} (may be repeated: any of them)`))
}
