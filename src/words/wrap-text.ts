/** Breaks text at spaces so that no line exceeds `width` (a longer word stays whole); later lines get `indent`. */
export function wrapText(text: string, width: number, indent = ''): string {
  return text
    .split('\n')
    .map((paragraph) => wrapParagraph(paragraph, width, indent))
    .join(`\n${indent}`)
}

function wrapParagraph(text: string, width: number, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const candidate = line === '' ? word : `${line} ${word}`
    const room = lines.length === 0 ? width : width - indent.length
    if (visibleLength(candidate) <= room || line === '') {
      line = candidate
    } else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line].join(`\n${indent}`)
}

/** Colour codes take no room. */
export function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
  return text.replaceAll(/\u001b\[[\d;]*m/g, '').length
}
