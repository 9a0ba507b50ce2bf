import type { RunEvent } from '../document/run-event.ts'
import type { Block } from '../sample/block.ts'
import { throughputPerSecond } from '../sample/block-core.ts'
import { counted } from '../words/counted.ts'
import { formatDuration, formatMs, formatRate } from '../words/format.ts'

/** What is being done, as lines of text. Time passes between events too: it is in ms since the first was awaited. */
export interface Status<Event> {
  update(event: Event, elapsedMs: number): void
  /** Whether it is news enough for a line of its own at once. */
  isHeading(event: Event): boolean
  lines(elapsedMs: number): string[]
}

type Planned = Extract<RunEvent, { readonly kind: 'planned' }>

/** What is said of comparisons while they are measured, whatever they are measured for. */
export type MeasuringEvent = Exclude<RunEvent, Planned> | Pick<Planned, 'kind' | 'scenarios'>

/** What is to be measured, as a heading says it. */
interface Heading {
  readonly text: string
  /** Blocks of one round. */
  readonly blocks: number
}

/** Makes what is shown while comparisons are measured: which one, how far it is, and the latest of each arm. */
export function makeRunStatus(): Status<MeasuringEvent> {
  let headings: readonly Heading[] = []
  let heading: Heading = { text: 'sessionbench', blocks: 0 }
  let doing = 'starting'
  let began = { atMs: 0, budgetMs: 0 }
  let rounds = 0
  const latest = new Map<string, Block>()
  return {
    isHeading: ({ kind }) => kind === 'began',
    update(event, elapsedMs) {
      switch (event.kind) {
        case 'planned':
          headings = headingsOf(event)
          return
        case 'began':
          heading = headings[event.comparison] ?? heading
          doing = 'starting'
          began = { atMs: elapsedMs, budgetMs: event.budgetMs }
          rounds = 0
          latest.clear()
          return
        case 'warming':
          doing = `${event.generation > 0 ? `generation ${event.generation + 1}, ` : ''}warming up ${event.arm}`
          return
        case 'block':
          if (event.block.position === heading.blocks - 1) rounds++
          doing = `measuring: ${rounds === 0 ? 'the first round' : counted(rounds, 'round')}`
          latest.set(event.block.arm, event.block)
          return
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
    lines(elapsedMs) {
      const spent = `${formatDuration(elapsedMs - began.atMs)} of at most ${formatDuration(began.budgetMs)}`
      const arms = [...latest.values()].map(
        (block) => `${block.arm} ${formatRate(throughputPerSecond(block))}/s p50 ${formatMs(block.p50Us)} ms`,
      )
      const first = `${heading.text}: ${doing}${began.budgetMs > 0 ? ` (${spent})` : ''}`
      return arms.length > 0 ? [first, `  ${arms.join(' · ')}`] : [first]
    },
  }
}

function headingsOf({ scenarios }: Pick<Planned, 'scenarios'>): Heading[] {
  return scenarios.flatMap(({ name, comparisons }) =>
    comparisons.map(({ id, arms }, index) => ({
      text: `${name} [${index + 1}/${comparisons.length}] ${id}`,
      blocks: 2 * arms.length,
    })),
  )
}
