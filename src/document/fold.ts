import type { ScenarioRun } from '../judge/judge-run.ts'
import { judgeTogether } from '../judge/judge-together.ts'
import { type ComparisonFold, openComparisonFold } from './comparison-fold.ts'
import { makeResults } from './make-results.ts'
import type { Results } from './model.ts'
import type { PlannedScenario } from './planned-run.ts'
import type { PlannedRun, RunEvent } from './run-event.ts'

/** The results document that a run's events come to. Without their end it is that of a run which was interrupted. */
export function fold(events: Iterable<RunEvent>): Results {
  const gathered = openFold()
  for (const event of events) gathered.add(event)
  return gathered.results()
}

/** Gathers a run's events one by one; of what they say only what the document holds is kept. */
export interface RunFold {
  add(event: RunEvent): void
  /** What they come to so far. Throws before the first, which says what was planned. */
  results(): Results
}

interface Known {
  readonly planned: PlannedRun
  readonly scenarios: readonly ScenarioFold[]
  readonly comparisons: readonly ComparisonFold[]
}

interface ScenarioFold {
  readonly planned: PlannedScenario
  readonly comparisons: readonly ComparisonFold[]
  readonly notes: string[]
}

/** Begins to gather the events of a run. */
export function openFold(): RunFold {
  let known: Known | undefined
  let ended: Extract<RunEvent, { kind: 'run-ended' }> | undefined
  let lastMs = 0
  return {
    add(event) {
      lastMs = event.atMs
      if (event.kind === 'planned') known = begin(event)
      else if (event.kind === 'run-ended') ended = event
      else if (event.kind === 'note') known?.scenarios[event.scenario]?.notes.push(event.text)
      else if (event.comparison !== undefined) known?.comparisons[event.comparison]?.add(event)
    },
    results() {
      if (known === undefined) throw new Error('a run has no results before it has said what is planned')
      const { startedAt, seed, environment } = known.planned
      return makeResults(judgeTogether(known.scenarios.map(runOf)), {
        startedAt,
        elapsedMs: ended?.elapsedMs ?? Math.round(lastMs),
        partial: ended === undefined || ended.why === 'interrupted',
        seed,
        environment,
      })
    },
  }
}

function begin(planned: PlannedRun): Known {
  const scenarios = planned.scenarios.map((scenario): ScenarioFold => {
    return { planned: scenario, comparisons: scenario.comparisons.map(openComparisonFold), notes: [] }
  })
  return { planned, scenarios, comparisons: scenarios.flatMap(({ comparisons }) => comparisons) }
}

function runOf({ planned, comparisons, notes }: ScenarioFold): ScenarioRun {
  const { versions, ...scenario } = planned
  return {
    plan: { scenario, ...(versions && { versions: { ...versions, notes } }) },
    comparisons: comparisons.flatMap((comparison) => comparison.run() ?? []),
  }
}
