import { showLine } from './show-text.ts'

/**
 * Text that GitHub's Markdown shows as it is, in one line, inside table cells too: no markup, no HTML, no links, and nobody is
 * notified by an `@name` or linked by a `#1`. Controls, and marks that turn text, are shown as on a terminal.
 */
export function escapeMarkdown(text: string): string {
  return showLine(text)
    .trim()
    .replaceAll(/@(?=\w)|#(?=\d)|GH(?=-\d)|(?<=https?|ftp|mailto|xmpp):|www(?=\.)/gi, `$&${breaker}`)
    .replaceAll(/[&<>|]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(breaker, '&#8203;')
    .replaceAll(/[\\`*_[\]~$]/g, '\\$&')
    .replace(/^(\d*)([#+=.)-])/, '$1\\$2')
}

/** A space without width: what it stands in is no name, number or address to GitHub any more. */
const breaker = '\u200b'
