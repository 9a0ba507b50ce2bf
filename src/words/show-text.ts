/**
 * What a terminal obeys instead of showing it, and what nobody sees: control characters, line and paragraph separators,
 * marks that turn or hide text. The joiners within emoji and scripts are left.
 */
const unshowable = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\ufff0-\ufff8]/gu
const joiners = /[\u200c\u200d]/

/** Text with everything that a terminal would obey or hide shown as in JSON: `\u001b[31m`. Line breaks are shown too. */
export function showText(text: string): string {
  return text.toWellFormed().replaceAll(unshowable, (character) => {
    if (joiners.test(character)) return character
    return shortForms[character] ?? [...toUnits(character)].join('')
  })
}

const shortForms: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function* toUnits(character: string): Iterable<string> {
  for (let index = 0; index < character.length; index++) {
    yield `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
  }
}

/** Text of several words on one line: its line breaks are blanks, everything else as `showText` has it. */
export function showLine(text: string): string {
  return showText(text.replaceAll(/\s*[\n\v\f\r\u0085\u2028\u2029]\s*/g, ' ').replaceAll('\t', ' '))
}

/** Text that may have lines of its own, such as what a process said last: each but the first is marked as belonging to it. */
function showLines(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .split(/\r\n|\n/)
    .map(showText)
    .join('\n| ')
}

type Shown = (text: string) => string

/** Fields that hold sentences, and such that hold what others said. What is not named here is a name, and stays one. */
const fields: ReadonlyMap<string, Shown> = new Map([
  ...['question', 'explain', 'reason', 'because', 'warnings', 'notes', 'message'].map(
    (name) => [name, showLine] as const,
  ),
  ['reasons', showLines],
  ['code', (text) => text.split('\n').map(showText).join('\n')],
])

/**
 * A document with every text in it fit for a terminal, and nothing else changed. It is made of the document and not of the
 * rendered page, where a line break within a name could not be told from one between two rows.
 */
export function showDocument<Document>(document: Document): Document {
  return showValue(document, showText) as Document
}

function showValue(value: unknown, show: Shown): unknown {
  if (typeof value === 'string') return show(value)
  if (Array.isArray(value)) return value.map((item) => showValue(item, show))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(
    ([name, field]) => [showText(name), showValue(field, fields.get(name) ?? showText)] as const,
  )
  return Object.fromEntries(entries)
}
