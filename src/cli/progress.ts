import { stripVTControlCharacters } from 'node:util'
import { type CalibrationEvent, type MachinePartName, machineParts } from '../calibrate/calibration-event.ts'
import type { RunEvent } from '../document/run-event.ts'
import type { Block } from '../sample/block.ts'
import { throughputPerSecond } from '../sample/block-core.ts'
import { counted } from '../words/counted.ts'
import { formatDuration, formatMs, formatRate } from '../words/format.ts'
import { showLine } from '../words/show-text.ts'
import { wrapText } from '../words/wrap-text.ts'
import type { Terminal } from './terminal.ts'

/** Shows that something happens, and what: a status block that is redrawn, or a line now and then. */
interface ProgressView<Event> {
  show(event: Event): void
  /** A line of its own, above the status block. */
  line(text: string): void
  /** Takes the status block away; a report follows. */
  close(): void
}

const lineEveryMs = 4_000
const redrawEveryMs = 250
/** Of one line of a status: many arms would fill the screen. */
const mostFolds = 4

/** What a run or a calibration says. */
type MeasuringEvent = RunEvent | CalibrationEvent

/** Opens the view of a run that suits the terminal. */
export function openProgress(terminal: Terminal): ProgressView<MeasuringEvent> {
  return openStatus(terminal, makeStatus())
}

/** Opens a view of any status that suits the terminal. */
export function openStatus<Event>(terminal: Terminal, status: Status<Event>): ProgressView<Event> {
  return terminal.isLive ? openLive(terminal, status) : openLines(terminal, status)
}

/** What is being done, as lines of text; time passes between events too. */
export interface Status<Event> {
  update(event: Event): void
  /** Whether it is news enough for a line of its own at once. */
  isHeading?(event: Event): boolean
  lines(): string[]
}

/** What is to be measured, as a heading says it. */
interface Heading {
  readonly text: string
  /** Blocks of one round. */
  readonly blocks: number
}

function headingsOf({ scenarios }: Extract<MeasuringEvent, { kind: 'planned' }>): Heading[] {
  return scenarios.flatMap(({ name, comparisons }) =>
    comparisons.map(({ id, arms }, index) => ({
      text: `${name} [${index + 1}/${comparisons.length}] ${id}`,
      blocks: 2 * arms.length,
    })),
  )
}

const partWords: Readonly<Record<MachinePartName, string>> = {
  clock: 'clock and timers',
  selfError: 'known latencies',
  recorder: 'what the recorder adds',
  openLoop: 'highest rate',
}

function makeStatus(): Status<MeasuringEvent> {
  let headings: readonly Heading[] = []
  let heading: Heading = { text: 'sessionbench', blocks: 0 }
  let doing = 'starting'
  let startedMs = performance.now()
  let budgetMs = 0
  let rounds = 0
  const latest = new Map<string, Block>()
  const begin = (next: Heading, mostMs: number) => {
    heading = next
    doing = 'starting'
    startedMs = performance.now()
    budgetMs = mostMs
    rounds = 0
    latest.clear()
  }
  return {
    isHeading: ({ kind }) => kind === 'began' || kind === 'certifying',
    update(event) {
      switch (event.kind) {
        case 'planned':
          headings = headingsOf(event)
          return
        case 'certifying': {
          const place = `${machineParts.indexOf(event.part) + 1}/${machineParts.length}`
          return begin({ text: `this machine [${place}] ${partWords[event.part]}`, blocks: 0 }, 0)
        }
        case 'began':
          return begin(headings[event.comparison] ?? heading, event.budgetMs)
        case 'warming':
          doing = `${event.generation > 0 ? `generation ${event.generation + 1}, ` : ''}warming up ${event.arm}`
          return
        case 'block':
          if (event.block.position === heading.blocks - 1) rounds++
          doing = `measuring: ${rounds === 0 ? 'the first round' : counted(rounds, 'round')}`
          latest.set(event.block.arm, event.block)
          return
        case 'certified':
        case 'warmed':
        case 'scheduled':
        case 'excluded':
        case 'local':
        case 'look':
        case 'note':
        case 'failure':
        case 'ended':
        case 'run-ended':
          return
        default:
          event satisfies never
      }
    },
    lines() {
      const elapsedMs = performance.now() - startedMs
      const time = budgetMs > 0 ? ` (${formatDuration(elapsedMs)} of at most ${formatDuration(budgetMs)})` : ''
      const arms = [...latest.values()].map(
        (block) => `${block.arm} ${formatRate(throughputPerSecond(block))}/s p50 ${formatMs(block.p50Us)} ms`,
      )
      return [`${heading.text}: ${doing}${time}`, ...(arms.length > 0 ? [`  ${arms.join(' · ')}`] : [])]
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
