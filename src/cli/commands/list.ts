import { type Command, Option } from 'commander'
import { describeScenarios } from '../../arm/describe-scenario.ts'
import { makeLocalHost } from '../../arm/local-host.ts'
import { renderScenarioList, renderScenarioListJson } from '../../report/scenario-list.ts'
import { findBundledScenarios } from '../../scenario/find.ts'
import { type Selection, selectScenarios, suiteNames } from '../../scenario/suites.ts'
import type { CommandContext } from '../command-context.ts'
import { tagFlag } from '../measure-flags.ts'

interface ListRequest extends Selection {
  readonly format: 'text' | 'json'
}

/** Adds `list`: which scenarios there are. */
export function addList(program: Command, context: CommandContext): void {
  program
    .command('list')
    .description('list the bundled scenarios by use: question, variants, targets, longest duration')
    .addOption(new Option('--suite <name>', 'only those of a suite').choices(suiteNames))
    .addOption(tagFlag('only those with this tag'))
    .addOption(new Option('--format <format>', 'how to print them').choices(['text', 'json']).default('text'))
    .action((flags: ListRequest) => list(flags, context))
}

/** Prints the bundled scenarios by use, each with its question and the longest that it takes. */
async function list({ format, ...selection }: ListRequest, { terminal, signal }: CommandContext): Promise<void> {
  const all = await describeScenarios([...findBundledScenarios().values()], { host: makeLocalHost(), signal })
  const scenarios = selectScenarios(all, selection)
  if (format === 'json') terminal.printDocument(renderScenarioListJson(scenarios))
  else terminal.print(renderScenarioList(scenarios, all, terminal))
}
