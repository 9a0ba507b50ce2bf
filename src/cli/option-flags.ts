import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../bench-error.ts'
import { findClashes } from '../scenario/find-clashes.ts'
import type { OptionDefinition } from '../scenario/option.ts'
import {
  definitionOf,
  describeOption,
  flagOf,
  type OptionName,
  type Options,
  optionNames,
} from '../scenario/options.ts'

/** What a command says of an option in words of its own. */
type Wording = Partial<Pick<OptionDefinition, 'help' | 'unset' | 'read'>> & {
  /** With a short one before it: `-c, --concurrency <n>`. */
  readonly flag?: string
  /** What it stands for where the flag is not given. */
  readonly fallback?: unknown
}

/** All options of the table but some. */
export function optionsBut(...names: readonly OptionName[]): OptionName[] {
  return optionNames.filter((name) => !names.includes(name))
}

/** Adds flags for options of the table; commander then hands them over by the option's own name. */
export function addFlags(
  command: Command,
  names: readonly OptionName[],
  wordings: { readonly [Name in OptionName]?: Wording } = {},
): Command {
  for (const name of names) {
    for (const flag of makeFlags(name, wordings[name] ?? {})) command.addOption(flag)
  }
  return command
}

function makeFlags(name: OptionName, { fallback, flag, ...wording }: Wording): Option[] {
  const definition = { ...definitionOf(name), ...wording }
  const { choices, say = String, off } = definition
  const made = flagNamed(name, flag ?? definition.flag, describeOption(definition))
  if (choices !== undefined) made.choices(choices)
  if (definition.read !== undefined) made.argParser(makeReader(name, definition))
  if (fallback !== undefined) made.default(fallback, say(fallback))
  return off === undefined ? [made] : [made, flagNamed(name, ...off)]
}

/** From what the command line has to a value, as commander wants it. */
function makeReader(name: OptionName, { read, isFile, isSecret }: OptionDefinition) {
  return (argument: string, earlier: unknown) => {
    const readAll = (given: string) => read?.(isFile ? readText(given) : given, earlier)
    if (!isSecret) return parse(readAll)(argument)
    try {
      return readAll(argument)
    } catch (error) {
      // commander would repeat what it was given.
      throw error instanceof UsageError ? new UsageError(`${flagOf(name)}: ${error.message}`) : error
    }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`expected a file that can be read: ${(error as Error).message}`)
  }
}

/** An option that is handed over by a name of ours: commander would make one from the flag. */
export function flagNamed(name: string, flag: string, description?: string): Option {
  return Object.assign(new Option(flag, description), { attributeName: () => name })
}

/** An option that may be given more than once: what is handed over is all of it. */
export function repeatable(option: Option): Option {
  return option.argParser((value: string, earlier: readonly string[] = []) => [...earlier, value])
}

/** Throws UsageError for flags that cannot be had together. */
export function checkFlags(given: Options): void {
  const [clash] = findClashes(given, flagOf)
  if (clash !== undefined) throw new UsageError(clash.message)
}

/** A reader as commander wants it: the option's name is put before what was wrong. */
export function parse<Value>(read: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return read(text)
    } catch (error) {
      if (error instanceof UsageError) throw new InvalidArgumentError(error.message)
      throw error
    }
  }
}
