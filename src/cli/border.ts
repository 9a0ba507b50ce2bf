import { randomInt } from 'node:crypto'
import { inspect } from 'node:util'
import type { Paint } from '../words/paint.ts'
import { showText } from '../words/show-text.ts'

/** Everything that leaves for a terminal goes through here: what it shows, and nothing that it would obey. */
interface Border {
  /** Colours that `let` knows as its own. */
  readonly paint: Paint
  /** Text as it may be written: lines and colours of ours, all else visible. */
  let(text: string): string
}

interface BorderOptions {
  /** The output is the log of a job of GitHub Actions, which obeys lines such as `::add-mask::`. */
  readonly isWorkflowLog?: boolean
}

/**
 * Makes the border of a process. Colour codes are made with a number that nobody can guess: one that came with a name or a
 * message is told from ours, and shown.
 */
export function makeBorder({ isWorkflowLog = false }: BorderOptions = {}): Border {
  const seal = String(randomInt(2 ** 47, 2 ** 48 - 1))
  const code = (number: number | undefined) => `${escapeCharacter}[${number};${seal}m`
  const passing = new RegExp(`\\u001b\\[(\\d+);${seal}m|\\n`, 'g')
  const guard = isWorkflowLog ? disarm : (text: string) => text
  return {
    paint(style, text) {
      const [on, off] = inspect.colors[style] ?? []
      return `${code(on)}${text}${code(off)}`
    },
    let(text) {
      let shown = ''
      let from = 0
      for (const { 0: passed, 1: colour, index } of text.matchAll(passing)) {
        shown += showInline(text.slice(from, index)) + (colour === undefined ? passed : `${escapeCharacter}[${colour}m`)
        from = index + passed.length
      }
      return guard(shown + showInline(text.slice(from)))
    },
  }
}

const escapeCharacter = '\u001b'

function showInline(text: string): string {
  return showText(text.replaceAll('\t', '    '))
}

/** A space without width: the runner does not know its commands with it. */
const breaker = '\u200b'

function disarm(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour may stand before the command
  return text.replaceAll(/^((?:[^\S\n]|\u001b\[\d+m)*:)(?=:)|##(?=\w*\[)/gm, `$&${breaker}`)
}
