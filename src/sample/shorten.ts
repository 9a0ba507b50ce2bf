/** Text of at most so many characters (UTF-16 units), and an ellipsis in place of what is cut. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most)
  // Half of a character is none.
  return `${cut.isWellFormed() || !text.isWellFormed() ? cut : cut.slice(0, -1)}…`
}

/** At most so many lines; the last says how many more there were. */
export function shortenList(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `… and ${lines.length - most + 1} more`]
}
