import type { Block } from '../sample/block.ts'
import { shorten } from '../sample/shorten.ts'
import type { PlannedComparison, PlannedScenario } from './planned-run.ts'

/** As much of an event as is looked at, whoever told it. */
export interface ToldEvent {
  readonly kind: string
  readonly atMs: number
  readonly comparison?: number
  readonly message?: string
}

/** What has been told of a comparison so far. */
interface Told {
  readonly planned: PlannedComparison
  state: 'planned' | 'began' | 'ended'
  first: Block | undefined
  /** By round: which arm was at which place. */
  readonly rounds: Map<string, Map<number, string>>
}

/** Of a name that a file says, which may be anything. */
const mostShown = 80

/**
 * What events cannot have said in this order: of comparisons that were not planned, or have not begun, of arms that are not there, of two
 * blocks in one place, after the end. One line each: `line 7: …`.
 */
export function findEventContradictions(events: readonly ToldEvent[]): string[] {
  const [planned, ...rest] = events as readonly (ToldEvent & { readonly scenarios?: readonly PlannedScenario[] })[]
  const scenarios = planned?.scenarios ?? []
  const wrong = findInPlan(scenarios)
  if (wrong.length > 0) return wrong.map((problem) => `line 1: ${problem}`)
  const comparisons = scenarios.flatMap((scenario) => scenario.comparisons)
  const told = comparisons.map(
    (each): Told => ({ planned: each, state: 'planned', first: undefined, rounds: new Map() }),
  )
  let lastMs = planned?.atMs ?? 0
  let hasEnded = false
  return rest.flatMap((event, index) => {
    const problems = [
      ...(hasEnded ? ['expected nothing after the end'] : []),
      ...(event.kind === 'planned' ? ['expected one plan, got a second'] : []),
      ...(event.atMs < lastMs ? [`atMs: expected no earlier time than the line before, got ${event.atMs}`] : []),
      ...findStrangerScenario(event, scenarios.length),
      ...(event.comparison === undefined ? [] : findInComparison(event, told[event.comparison])),
    ]
    lastMs = event.atMs
    hasEnded ||= event.kind === 'run-ended'
    return problems.map((problem) => `line ${index + 2}: ${problem}`)
  })
}

function findStrangerScenario(event: ToldEvent & { readonly scenario?: unknown }, count: number): string[] {
  if (event.kind !== 'note' || typeof event.scenario !== 'number' || event.scenario < count) return []
  return [`scenario: expected one of the ${count} that were planned, got ${event.scenario}`]
}

function findInPlan(scenarios: readonly PlannedScenario[]): string[] {
  return scenarios.flatMap(({ comparisons }, scenario) =>
    comparisons.flatMap(({ arms, baselineArm }, comparison) => {
      const ids = arms.map(({ id }) => id)
      const baselines = [baselineArm, ...arms.flatMap(({ baseline }) => baseline ?? [])]
      const problems = [
        ...(ids.length === 0 ? ['arms: expected at least one arm, got none'] : []),
        ...ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `arms: expected ${quote(id)} once`),
        ...baselines.filter((id) => !ids.includes(id)).map((id) => `arms: there is no ${quote(id)} to compare with`),
      ]
      return problems.map((problem) => `scenarios.${scenario}.comparisons.${comparison}.${problem}`)
    }),
  )
}

function findInComparison(event: ToldEvent, told: Told | undefined): string[] {
  if (told === undefined) return [`comparison: expected one that was planned, got ${event.comparison}`]
  const { state } = told
  if (event.kind === 'began') told.state = 'began'
  if (event.kind === 'ended') told.state = 'ended'
  if (state === 'planned' && event.kind !== 'began') return [`${event.kind}: the comparison has not begun`]
  if (state === 'began' && event.kind === 'began') return ['began: the comparison has begun already']
  if (state === 'ended') return [`${event.kind}: the comparison has ended`]
  return [...armsIn(event).flatMap((arm) => findStranger(arm, told)), ...findMisplaced(event, told)]
}

function armsIn(event: ToldEvent): string[] {
  const {
    arm,
    block,
    readings = [],
  } = event as {
    readonly arm?: string
    readonly block?: Block
    readonly readings?: readonly { readonly arm: string }[]
  }
  return [arm ?? [], block?.arm ?? [], readings.map((reading) => reading.arm)].flat()
}

function findStranger(arm: string, { planned }: Told): string[] {
  return planned.arms.some(({ id }) => id === arm) ? [] : [`arm: there is no ${quote(arm)}`]
}

/** A round is every arm twice; what is merged has one unit and the stages of the workload. */
function findMisplaced(event: ToldEvent, told: Told): string[] {
  if (event.kind !== 'block') return []
  const { block } = event as unknown as { readonly block: Block }
  const { generation, round, position, arm, stages = [] } = block
  const { arms, workload } = told.planned
  told.first ??= block
  const inRound = told.rounds.get(`${generation} ${round}`) ?? new Map<number, string>()
  told.rounds.set(`${generation} ${round}`, inRound)
  const isOneTooMany = inRound.has(position) || [...inRound.values()].filter((other) => other === arm).length > 1
  inRound.set(position, arm)
  const planned = workload.model === 'open' ? (workload.stages ?? []) : []
  return [
    ...(position >= 2 * arms.length ? [`block.position: a round has ${2 * arms.length} blocks, got ${position}`] : []),
    ...(isOneTooMany ? ['block: expected one in each place of a round, and two of each arm'] : []),
    ...(block.histogramUnit === told.first.histogramUnit ? [] : ['block.histogramUnit: expected that of the others']),
    ...(stages.length === 0 || stages.length === planned.length
      ? []
      : [`block.stages: expected the ${planned.length} stages of the workload, got ${stages.length}`]),
  ]
}

function quote(text: string): string {
  return `'${shorten(text, mostShown)}'`
}
