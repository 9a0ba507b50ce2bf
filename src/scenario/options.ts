import type * as z from 'zod'
import { at } from '../session/at.ts'
import type { OptionDefinition } from './option.ts'
import { loadOptions } from './options/load.ts'
import { measuringOptions } from './options/measuring.ts'
import { targetOptions } from './options/target.ts'

/**
 * Every option of measuring, once: its name is that in `run()`, in plans and wherever else it is handed on. Scenarios are
 * validated, runs checked, flags and their help made, and the README's table written from here.
 */
export const options: typeof loadOptions & typeof targetOptions & typeof measuringOptions = {
  ...loadOptions,
  ...targetOptions,
  ...measuringOptions,
}

export type OptionName = keyof typeof options
export type OptionValue<Name extends OptionName> = z.output<(typeof options)[Name]['schema']>

/** What a user may ask for beside the scenario; undefined means the scenario's own value or the default. */
export type Options = { readonly [Name in keyof typeof options]?: OptionValue<Name> | undefined }

/** The same, as a scenario says it. */
export type OptionFields = { readonly [Name in keyof typeof options]?: OptionValue<Name> }

export const optionNames = Object.keys(options) as readonly OptionName[]

/** What is known of an option, whichever it is. */
export function definitionOf(name: OptionName): OptionDefinition {
  return options[name]
}

/** Its sentence, and what holds without it. */
export function describeOption({ help, unset, default: value, say = String }: OptionDefinition): string {
  return unset === undefined ? help : `${help} (default: ${unset.replace('{default}', () => say(value))})`
}

/** `--rate`: the flag alone. */
export function flagOf(name: OptionName): string {
  return at(options[name].flag.split(' '), 0)
}
