import { escapeMarkdown } from './escape-markdown.ts'
import { formatCounted } from './format.ts'

/** GitHub refuses a comment of more than 65,536 characters. */
const longestDetails = 60_000

/** One row of a table; cells are Markdown already. */
export function renderRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** Escapes lines, and says how many are not shown. */
export function limitLines(lines: readonly string[], most: number, noun: string): string[] {
  const escaped = lines.map(escapeMarkdown)
  if (lines.length <= most) return escaped
  return [
    ...escaped.slice(0, most - 1),
    `… and ${formatCounted(lines.length - most + 1, `more ${noun}`)} in the details`,
  ]
}

/** As many sections as a comment holds, and a note on those that are left out. */
export function fitSections(sections: readonly (readonly string[])[]): string[] {
  const shown: (readonly string[])[] = []
  let length = 0
  for (const section of sections) {
    length += section.join('\n').length + 1
    if (length > longestDetails) break
    shown.push(section)
  }
  const left = sections.length - shown.length
  const note = `${formatCounted(left, 'section')} left out: a comment holds no more. The JSON has everything.`
  return [...shown.flat(), ...(left > 0 ? [note, ''] : [])]
}
