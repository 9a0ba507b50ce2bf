import { completeRounds } from '../judge/contrast-rounds.ts'
import type { WarmUpReport } from '../judge/endings.ts'
import { excludeRounds } from '../judge/exclude-rounds.ts'
import { type ComparisonRun, judgeRun } from '../judge/judge-run.ts'
import type { JudgedComparison } from '../judge/judged-plan.ts'
import type { Block } from '../sample/block.ts'
import type { LocalReading } from '../sample/local-reading.ts'
import type { LookPlan } from '../statistics/looks.ts'
import type { Unit } from '../statistics/units.ts'
import type { ComparisonEvent } from './run-event.ts'

/** Gathers what is said of one comparison. */
export interface ComparisonFold {
  add(event: ComparisonEvent): void
  /** What it comes to, as far as it has been told; undefined when it has not begun. Without its end it was interrupted. */
  run(): ComparisonRun | undefined
}

/** What is known of a comparison that has begun. */
interface Known {
  readonly plan: JudgedComparison
  readonly beganMs: number
  readonly blocks: Block[]
  readonly warmUps: WarmUpReport[]
  readonly local: LocalReading[]
  looks: LookPlan
  lastMs: number
}

type Ending = Pick<ComparisonRun, 'end' | 'moment' | 'elapsedMs'>

/** Begins to gather what is said of a comparison that was planned. */
export function openComparisonFold(planned: JudgedComparison): ComparisonFold {
  const unit: Unit = planned.isolation === 'shared' ? 'quad' : 'generation'
  let known: Known | undefined
  let judged: ComparisonRun | undefined
  return {
    add(event) {
      if (event.kind === 'began') known = begin(planned, event)
      if (known === undefined) return
      gather(known, event)
      // Judged while nothing is under load, and once: at the end of a long run everything would have to be.
      if (event.kind === 'ended') judged = judge(known, unit, event)
    },
    run: () => judged ?? (known && judge(known, unit, breakOff(known, unit))),
  }
}

function begin(planned: JudgedComparison, event: Extract<ComparisonEvent, { kind: 'began' }>): Known {
  const { budgetMs, looks, alpha, atMs } = event
  const plan = { ...planned, budgetMs }
  return { plan, beganMs: atMs, lastMs: atMs, looks: { looks, alpha }, blocks: [], warmUps: [], local: [] }
}

function gather(known: Known, event: ComparisonEvent): void {
  known.lastMs = event.atMs
  switch (event.kind) {
    case 'warmed': {
      const { kind: _, atMs: __, comparison: ___, ...report } = event
      known.warmUps.push(report)
      return
    }
    case 'scheduled':
      known.looks = { ...known.looks, looks: event.looks }
      return
    case 'block':
      known.blocks.push(event.block)
      return
    case 'local':
      known.local.push(...event.readings)
      return
    case 'began':
    case 'warming':
    case 'excluded':
    case 'look':
    case 'failure':
    case 'ended':
      return
    default:
      event satisfies never
  }
}

function judge(known: Known, unit: Unit, { end, moment, elapsedMs }: Ending): ComparisonRun {
  return judgeRun({ ...known, moment }, unit, { end, elapsedMs })
}

/** As a run that was interrupted would have ended it by itself. */
function breakOff({ plan, blocks, looks, beganMs, lastMs }: Known, unit: Unit): Ending {
  const units = completeRounds(excludeRounds(blocks, plan).kept, plan).length
  const moment = unit === 'quad' && looks.looks.includes(units) ? 'look' : 'end'
  return { end: { state: 'interrupted' }, moment, elapsedMs: lastMs - beganMs }
}
