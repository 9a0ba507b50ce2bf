/**
 * Text that GitHub's Markdown shows as it is, in one line, inside table cells too: no markup, no HTML, no links, and nobody is
 * notified by an `@name` or linked by a `#1`.
 */
export function escapeMarkdown(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(controls, ' ')
    .trim()
    .replaceAll(/@(?=\w)|#(?=\d)|(?<=https?|ftp|mailto|xmpp):|(?<=\bwww)\./gi, `$&${breaker}`)
    .replaceAll(/[&<>|]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(breaker, '&#8203;')
    .replaceAll(/[\\`*_[\]~$]/g, '\\$&')
    .replace(/^(\d*)([#+=.)-])/, '$1\\$2')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be replaced
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/** A space without width: what it stands in is no name, number or address to GitHub any more. */
const breaker = '\u200b'
