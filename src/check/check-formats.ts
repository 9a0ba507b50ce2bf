import { keysOf } from '../words/keys-of.ts'
import { renderCheckJunit } from './check-junit.ts'
import { renderCheckMarkdown } from './check-markdown.ts'
import { type CheckDocument, renderCheckJson } from './check-model.ts'

/** What writes a check itself; every other report format is of the run that was checked. */
export const checkFormats = {
  md: renderCheckMarkdown,
  junit: renderCheckJunit,
  json: renderCheckJson,
} as const satisfies Record<string, (check: CheckDocument) => string>

type CheckFormatName = keyof typeof checkFormats

export const checkFormatNames = keysOf(checkFormats)

export function isCheckFormat(name: string): name is CheckFormatName {
  return checkFormatNames.some((known) => known === name)
}
