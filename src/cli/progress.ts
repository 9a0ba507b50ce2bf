import { stripVTControlCharacters } from 'node:util'
import type { Progress } from '../run/progress.ts'
import type { Block } from '../sample/block.ts'
import { throughputPerSecond } from '../sample/block-core.ts'
import { counted } from '../words/counted.ts'
import { formatDuration, formatMs, formatRate } from '../words/format.ts'
import { showLine } from '../words/show-text.ts'
import { wrapText } from '../words/wrap-text.ts'
import type { Terminal } from './terminal.ts'

/** Shows that something happens, and what: a status block that is redrawn, or a line now and then. */
interface ProgressView<Event = Progress> {
  show(progress: Event): void
  /** A line of its own, above the status block. */
  line(text: string): void
  /** Takes the status block away; a report follows. */
  close(): void
}

const lineEveryMs = 4_000
const redrawEveryMs = 250
/** Of one line of a status: many arms would fill the screen. */
const mostFolds = 4

/** Opens the view of a run that suits the terminal. */
export function openProgress(terminal: Terminal): ProgressView {
  return openStatus(terminal, makeStatus())
}

/** Opens a view of any status that suits the terminal. */
export function openStatus<Event>(terminal: Terminal, status: Status<Event>): ProgressView<Event> {
  return terminal.isLive ? openLive(terminal, status) : openLines(terminal, status)
}

/** What is being done, as lines of text; time passes between events too. */
export interface Status<Event = Progress> {
  update(progress: Event): void
  /** Whether it is news enough for a line of its own at once. */
  isHeading?(progress: Event): boolean
  lines(): string[]
}

function makeStatus(): Status {
  let heading = 'sessionbench'
  let doing = 'starting'
  let startedMs = performance.now()
  let budgetMs = 0
  let rounds = 0
  const latest = new Map<string, Block>()
  return {
    isHeading: ({ kind }) => kind === 'comparison',
    update(progress) {
      switch (progress.kind) {
        case 'comparison':
          heading = `${progress.scenario} [${progress.index + 1}/${progress.count}] ${progress.comparison}`
          doing = 'starting'
          startedMs = performance.now()
          budgetMs = progress.budgetMs
          rounds = 0
          latest.clear()
          return
        case 'warm-up':
          doing = `${progress.generation > 0 ? `generation ${progress.generation + 1}, ` : ''}warming up ${progress.arm}`
          return
        case 'round':
          rounds++
          doing = `measuring: ${counted(rounds, 'round')}`
          for (const block of progress.blocks) latest.set(block.arm, block)
          return
        default:
          progress satisfies never
      }
    },
    lines() {
      const elapsedMs = performance.now() - startedMs
      const time = budgetMs > 0 ? ` (${formatDuration(elapsedMs)} of at most ${formatDuration(budgetMs)})` : ''
      const arms = [...latest.values()].map(
        (block) => `${block.arm} ${formatRate(throughputPerSecond(block))}/s p50 ${formatMs(block.p50Us)} ms`,
      )
      return [`${heading}: ${doing}${time}`, ...(arms.length > 0 ? [`  ${arms.join(' · ')}`] : [])]
    },
  }
}

function openLines<Event>(terminal: Terminal, status: Status<Event>): ProgressView<Event> {
  let last = ''
  const write = () => {
    const text = status.lines().map(showLine).join(';')
    if (text !== last) terminal.note(`${text}\n`)
    last = text
  }
  const timer = setInterval(write, lineEveryMs)
  return {
    show(progress) {
      status.update(progress)
      if (status.isHeading?.(progress)) write()
    },
    line: (text) => terminal.note(`${showOutput(text)}\n`),
    close: () => clearInterval(timer),
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

function openLive<Event>(terminal: Terminal, status: Status<Event>): ProgressView<Event> {
  let height = 0
  const erase = () => {
    if (height > 0) terminal.eraseNotes(height)
    height = 0
  }
  const draw = () => {
    erase()
    const lines = status.lines().flatMap((line) => fold(showLine(line), terminal.noteWidth - 1))
    terminal.note(`${lines.join('\n')}\n`)
    height = lines.length
  }
  const timer = setInterval(draw, redrawEveryMs)
  return {
    show: status.update,
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
