import { stripVTControlCharacters } from 'node:util'
import type { Status } from '../report/run-status.ts'
import { showLine } from '../words/show-text.ts'
import { wrapText } from '../words/wrap-text.ts'
import type { CommandContext } from './command-context.ts'
import type { Terminal } from './terminal.ts'

/** Shows that something happens, and what: a status block that is redrawn, or a line now and then. */
export interface ProgressView<Event> extends Disposable {
  show(event: Event): void
  /** A line of its own, above the status block. */
  line(text: string): void
  /** Takes the status block away: a report follows. What it is disposed of by. */
  close(): void
}

const lineEveryMs = 4_000
const redrawEveryMs = 250
/** Of one line of a status: many arms would fill the screen. */
const mostFolds = 4

/** Opens the view of a status that suits the terminal. It says when the user has interrupted, until it is closed. */
export function openProgress<Event>(
  { terminal, signal }: Pick<CommandContext, 'terminal' | 'signal'>,
  status: Status<Event>,
): ProgressView<Event> {
  const startedMs = performance.now()
  const view = (terminal.isLive ? openLive : openLines)(terminal, status, () => performance.now() - startedMs)
  const onAbort = () => view.line('interrupted: stopping, then reporting what was measured (again to quit at once)')
  signal.addEventListener('abort', onAbort, { once: true })
  const close = () => {
    signal.removeEventListener('abort', onAbort)
    view.close()
  }
  return { ...view, close, [Symbol.dispose]: close }
}

type View<Event> = Omit<ProgressView<Event>, typeof Symbol.dispose>

function openLines<Event>(terminal: Terminal, status: Status<Event>, elapsedMs: () => number): View<Event> {
  let last = ''
  const write = () => {
    const text = status.lines(elapsedMs()).map(showLine).join(';')
    if (text !== last) terminal.note(`${text}\n`)
    last = text
  }
  const timer = setInterval(write, lineEveryMs)
  return {
    show(event) {
      status.update(event, elapsedMs())
      if (status.isHeading(event)) write()
    },
    line: (text) => terminal.note(`${showOutput(text)}\n`),
    close: () => clearInterval(timer),
  }
}

function openLive<Event>(terminal: Terminal, status: Status<Event>, elapsedMs: () => number): View<Event> {
  let height = 0
  const erase = () => {
    if (height > 0) terminal.eraseNotes(height)
    height = 0
  }
  const draw = () => {
    erase()
    const lines = status.lines(elapsedMs()).flatMap((line) => fold(showLine(line), terminal.noteWidth - 1))
    terminal.note(`${lines.join('\n')}\n`)
    height = lines.length
  }
  const timer = setInterval(draw, redrawEveryMs)
  return {
    show: (event) => status.update(event, elapsedMs()),
    line(text) {
      erase()
      terminal.note(`${showOutput(text)}\n`)
    },
    close() {
      clearInterval(timer)
      erase()
    },
  }
}

/** A line of a scenario's own output: its colours are of no use here, and a carriage return is no end of a line. */
function showOutput(text: string): string {
  return showLine(stripVTControlCharacters(text))
}

/** A line that a terminal broke itself would be taller than is known, and not be erased whole. */
function fold(line: string, width: number): string[] {
  const lines = wrapText(line, width, '  ').split('\n')
  return lines.slice(0, mostFolds).map((part) => part.slice(0, width))
}
