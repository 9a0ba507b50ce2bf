import type { BodySource } from './body-source.ts'
import { decodePieces } from './decode-text.ts'

/** The lines of a body without their ends, \n or \r\n, as they come. */
export async function* readLines(source: BodySource, charset: string | undefined): AsyncGenerator<string, void> {
  const text = decodePieces(charset)
  // What has come of the line that is not complete: joined once, however many pieces it takes.
  let open: string[] = []
  for (let piece = await source.next(); piece !== null; piece = await source.next()) {
    const [rest, ...more] = text.decode(piece).split('\n')
    open.push(rest as string)
    for (const next of more) {
      yield withoutReturn(open.join(''))
      source.touch()
      open = [next]
    }
  }
  open.push(text.end())
  const last = open.join('')
  if (last !== '' && !source.stopped) yield last
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
