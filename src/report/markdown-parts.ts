import { shorten } from '../sample/shorten.ts'
import { at } from '../session/at.ts'
import { escapeMarkdown } from '../words/escape-markdown.ts'
import { formatCounted } from '../words/format.ts'

/** GitHub refuses a comment of more than 65,536 characters, and whoever posts this one may add a line of their own. */
const longestDocument = 65_000
/** Room for the note on what is left out. */
const noteLength = 200
const longestName = 200
const longestSentence = 1_000

/** A name as Markdown; one that is longer than names are is cut. */
export function escapeName(text: string): string {
  return escapeMarkdown(shorten(text, longestName))
}

/** A sentence as Markdown; the JSON has what is cut. */
export function escapeSentence(text: string): string {
  return escapeMarkdown(shorten(text, longestSentence))
}

/** One row of a table; cells are Markdown already. */
export function renderRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** Escapes lines, and says how many are not shown. */
export function limitLines(lines: readonly string[], most: number, noun: string): string[] {
  const escaped = lines.map(escapeSentence)
  if (lines.length <= most) return escaped
  return [
    ...escaped.slice(0, most - 1),
    `… and ${formatCounted(lines.length - most + 1, `more ${noun}`)} in the details`,
  ]
}

interface Parts {
  readonly head: readonly string[]
  readonly sections: readonly (readonly string[])[]
  readonly tail: readonly string[]
}

/** A document that a comment holds: its head, as many rows of its sections as there is room for, its tail. */
export function fitDocument({ head, sections, tail }: Parts): string {
  const room = longestDocument - [...head, ...tail].join('\n').length - 1
  return [...head, ...fitSections(sections, room), ...tail].join('\n')
}

function fitSections(sections: readonly (readonly string[])[], room: number): string[] {
  const all = sections.flat()
  if (all.join('\n').length <= room) return all
  const shown: string[] = []
  let left = room - noteLength
  for (const section of sections) {
    const fitting = countFitting(section, left)
    shown.push(...section.slice(0, fitting))
    left -= section.slice(0, fitting).join('\n').length + 1
    if (fitting < section.length) break
  }
  const rows = countRows(all) - countRows(shown)
  const what = rows === 0 ? 'The rest is' : formatCounted(rows, 'row')
  return [...shown, '', `${what} left out: a comment holds no more. The JSON has everything.`, '']
}

/** How many lines of a section there is room for; a table or a list may end after any of its rows, other text is whole or none. */
function countFitting(section: readonly string[], room: number): number {
  let length = 0
  const tooLong = section.findIndex((line) => {
    length += line.length + 1
    return length > room
  })
  if (tooLong < 0) return section.length
  return section.slice(0, tooLong).findLastIndex((_, index) => isRow(section, index)) + 1
}

function countRows(lines: readonly string[]): number {
  return lines.filter((_, index) => isRow(lines, index)).length
}

const delimiterRow = /^\|[-:|]+\|$/

/** An item of a list, or a row of a table that is not part of its head. */
function isRow(lines: readonly string[], index: number): boolean {
  const line = at(lines, index)
  if (line.startsWith('- ')) return true
  return line.startsWith('| ') && !delimiterRow.test(lines[index + 1] ?? '')
}
