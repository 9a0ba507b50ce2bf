// The table of run's options in README.md, made from the command line itself.
// Usage: node test/readme-options.ts writes it

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, type Option } from 'commander'
import { addRun } from '../src/cli/commands/run.ts'
import { definitionOf, type OptionName, optionNames } from '../src/scenario/options.ts'

const path = fileURLToPath(new URL('../README.md', import.meta.url))
const [head, end] = ['| option of `run` | meaning | in `run()`; in a scenario |\n|---|---|---|\n', '\n\n'] as const

/** What stands there, and what would have to. */
export function readOptionTable(): { readonly found: string; readonly right: string } {
  const { found } = findTable(readFileSync(path, 'utf8'))
  return { found, right: renderOptionTable() }
}

function findTable(readme: string) {
  const start = readme.indexOf(head) + head.length
  const stop = readme.indexOf(end, start)
  return { before: readme.slice(0, start), found: readme.slice(start, stop), after: readme.slice(stop) }
}

function renderOptionTable(): string {
  const program = new Command()
  addRun(program, { terminal: undefined as never, signal: new AbortController().signal, exit: () => {} })
  return (program.commands[0] as Command).options.map(renderRow).join('\n')
}

const inRun: Readonly<Record<string, string>> = { suite: '`suite`', tags: '`tags`' }

function renderRow(option: Option): string {
  const name = optionNames.find((each) => each === option.attributeName())
  const flag = name === undefined || option.negate ? option.flags : exampleOf(name, option)
  const choices =
    option.argChoices === undefined ? '' : ` (${option.argChoices.map((choice) => `\`${choice}\``).join(', ')})`
  const usual = option.defaultValue === undefined ? '' : ` (default: \`${option.defaultValue}\`)`
  const names = name === undefined ? (inRun[option.attributeName()] ?? '') : namesOf(name)
  return `| \`${flag}\` | ${option.description.replaceAll('|', '\\|')}${choices}${usual} | ${names} |`
}

function exampleOf(name: OptionName, { long }: Option): string {
  const { example } = definitionOf(name)
  return [long, /[<> ]/.test(example) ? `'${example}'` : example].join(' ').trim()
}

function namesOf(name: OptionName): string {
  const { field } = definitionOf(name)
  return field === undefined || field === name
    ? `\`${name}\`${field === undefined ? '' : '; the same'}`
    : `\`${name}\`; \`${field}\``
}

if (import.meta.main) {
  const { before, after } = findTable(readFileSync(path, 'utf8'))
  writeFileSync(path, before + renderOptionTable() + after)
}
