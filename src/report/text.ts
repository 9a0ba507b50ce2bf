import type { ArmResult, ComparisonResult, Results, ScenarioResult } from '../document/model.ts'
import { explainScenario } from '../document/scenario-words.ts'
import type { ThinkTime } from '../scenario/think-time.ts'
import { counted } from '../words/counted.ts'
import { formatCount, formatCounted, formatDuration, formatFigure, formatMs, formatRate } from '../words/format.ts'
import type { Paint } from '../words/paint.ts'
import { showDocument } from '../words/show-text.ts'
import { wrapText } from '../words/wrap-text.ts'
import { renderCounters } from './counter-text.ts'
import { renderExpectations, renderRoundTripModel } from './expectation-text.ts'
import { renderFailures } from './failure-words.ts'
import { renderAlone, renderFinding } from './finding.ts'
import { renderPhaseNotes, renderPhases } from './phases.ts'
import { renderSaturation } from './saturation.ts'
import { renderStages } from './stage-rows.ts'
import { renderTable } from './table.ts'
import { renderThresholds } from './threshold-text.ts'

export interface TextOptions {
  /** Columns that lines must fit. */
  readonly width: number
  readonly paint: Paint
}

/** The results as a person reads them: per target the table, the finding, and how far it can be trusted. */
export function renderText(document: Results, options: TextOptions): string {
  const results = showDocument(document)
  const scenarios = results.scenarios.map((scenario) => renderScenario(scenario, options))
  const ending = `${results.partial ? 'PARTIAL (interrupted). ' : ''}Seed ${results.seed}. Took ${formatDuration(results.elapsedMs)}.`
  return [...scenarios, wrapText(ending, options.width), ''].join('\n')
}

function renderScenario(scenario: ScenarioResult, options: TextOptions): string {
  const { paint, width } = options
  const title = `${paint('bold', scenario.name)}: ${scenario.question}`
  const comparisons = scenario.comparisons.map((comparison) => renderComparison(comparison, options))
  const explain = explainScenario(scenario).map((line) => `${wrapText(line, width)}\n`)
  const legend = renderLegends(scenario).map((line) => `${wrapText(line, width)}\n`)
  const model = renderRoundTripModel(scenario, options)
  return [title, ...renderVersions(scenario, options), '', ...comparisons, ...model, ...explain, ...legend].join('\n')
}

function renderVersions({ versions }: ScenarioResult, { width, paint }: TextOptions): string[] {
  if (versions === undefined) return []
  const { base, head, notes } = versions
  return [
    wrapText(`base: ${base}. head: ${head}. The verdicts are of head against base.`, width),
    ...notes.map((note) => wrapText(paint('yellow', `note: ${note}`), width, '  ')),
  ]
}

/** What the columns of the scenario's tables mean. */
export function renderLegends({ comparisons }: ScenarioResult): string[] {
  const models = new Set(
    comparisons.filter(({ blocks }) => blocks.length > 0).map(({ workload }) => legendOf(workload)),
  )
  const hasSteps = comparisons.some(({ arms }) => arms.some(({ steps }) => steps !== undefined))
  const hasStages = comparisons.some(({ arms }) => arms.some(({ stages }) => stages !== undefined))
  return [
    ...[...models].map((model) => legends[model]),
    ...(hasStages ? [stagesLegend] : []),
    ...(hasSteps ? [stepsLegend] : []),
  ]
}

const stepsLegend =
  'Indented rows are the named steps of an iteration, each by its own service time; a whole iteration may take longer.'
const stagesLegend =
  'Indented rows with a rate are the stages of the load: an arrival belongs to the stage in which it was due, whenever it was answered.'
const carriersLegend =
  'Connections and handshakes are those that the measured requests went over, pools opened in the warm-up included.'
function legendOf(workload: ComparisonResult['workload']): keyof typeof legends {
  return workload.model === 'open' && workload.engine === 'raw' ? 'raw open' : workload.model
}

const responseTime =
  'Latency is response time: from when a request was due to the last byte, waiting, connecting and TLS included.'
const openedAnew =
  'Kept connections are opened anew for every block, before its time begins; one that the target closes is opened again as part of the next request.'
const legends = {
  closed: `Latency is service time: from asking to the last byte, connecting and TLS included. ${carriersLegend}`,
  open: `${responseTime} ${carriersLegend}`,
  'raw open': `${responseTime} ${openedAnew}`,
  raw: `Latency is service time: from the write of a request, or the opening of a connection of its own, to the read of its last byte. ${openedAnew}`,
  autocannon:
    "Latency is autocannon's, in whole milliseconds, rounded up, over connections that were opened before: it is not the " +
    'service time of other engines, and not compared. Every block opens its connections anew.',
  micro: 'Times are of one call, as the mean of a batch of calls that takes about 50 µs; the loop around it included.',
}

function renderComparison(comparison: ComparisonResult, options: TextOptions): string {
  const { paint, width } = options
  const heading = paint('bold', comparison.id)
  const table = comparison.blocks.length > 0 ? [renderTable(comparison, width, paint)] : []
  const phases = [renderPhases(comparison, options) ?? []].flat()
  const notes = renderNotes(comparison, paint).map((note) => wrapText(note, width, '  '))
  return [heading, ...table, ...phases, ...notes, ''].join('\n')
}

/** What is said below a comparison's table, one note each: verdicts, thresholds, and how far to trust them. */
export function renderNotes(comparison: ComparisonResult, paint: Paint): string[] {
  return [
    ...renderVerdictLines(comparison, paint),
    ...renderCounters(comparison, paint),
    ...renderThresholds(comparison, paint),
    ...renderExpectations(comparison, paint),
    ...comparison.arms.flatMap((arm) => [...renderOpenLoop(arm), ...renderStages(arm, comparison)]),
    ...comparison.arms.flatMap(renderFailures),
    ...renderPhaseNotes(comparison),
    ...renderSaturation(comparison),
    ...(comparison.blocks.length > 0 ? [renderTrust(comparison)] : []),
  ]
}

function renderVerdictLines(comparison: ComparisonResult, paint: Paint): string[] {
  const { validity, reasons, contrasts, rounds, end } = comparison
  if (validity === 'invalid') {
    // What ended it comes last. Its words are no mark: a terminal is shown them in another way than the end's own message.
    const isEnd = (index: number) => 'message' in end && index === reasons.length - 1
    const labelOf = (index: number) => (isEnd(index) ? endLabels[end.state] : undefined) ?? 'INVALID'
    return reasons.map((reason, index) => `${paint('red', labelOf(index))}: ${reason}`)
  }
  const isEmpty = contrasts.length === 0 ? rounds === 0 : contrasts.every(({ primary }) => primary.units === 0)
  if (end.state === 'interrupted' && isEmpty) {
    return [paint('yellow', 'interrupted before its first round was complete')]
  }
  const findings = contrasts.map((contrast) => {
    const { verdict } = contrast.primary
    return `${renderFinding(comparison, contrast)}. Verdict: ${paint(verdictStyles[verdict], verdict)}.`
  })
  const notes = contrasts.flatMap(({ primary }) => [
    ...primary.warnings,
    ...(primary.isSpeedAdjusted ? ['the estimate is adjusted for the speed of the machine'] : []),
  ])
  return [
    ...(contrasts.length === 0 ? [`${renderAlone(comparison)}.`] : findings),
    ...reasons.map((reason) => `${paint('yellow', 'suspect')}: ${reason}`),
    ...[...new Set(notes)].map((note) => paint('dim', `note: ${note}`)),
  ]
}

/** What is said of a comparison that came to no end of its own. */
const endLabels: Partial<Record<ComparisonResult['end']['state'], string>> = {
  'too short': 'TOO SHORT',
  failed: 'FAILED',
}

const verdictStyles = {
  faster: 'green',
  same: 'green',
  slower: 'red',
  inconclusive: 'yellow',
  invalid: 'red',
} as const

function describeThinkTime(thinkTime: ThinkTime | undefined): string {
  if (thinkTime === undefined) return ''
  if (typeof thinkTime === 'number') return `, think time ${formatFigure(thinkTime)} ms`
  if ('meanMs' in thinkTime) return `, exponential think time of ${formatFigure(thinkTime.meanMs)} ms on average`
  return `, think time ${formatFigure(thinkTime.minMs)} to ${formatFigure(thinkTime.maxMs)} ms`
}

function describeWorkload(workload: ComparisonResult['workload']): string {
  if (workload.model === 'raw') return 'the raw engine, as many requests as are answered'
  if (workload.model === 'autocannon') return 'autocannon, kept connections'
  if (workload.model === 'micro') return 'tinybench, one call after another'
  if (workload.model === 'closed') {
    const { concurrency, thinkTimeMs, iterations } = workload
    const blocks = iterations === undefined ? '' : `${formatCounted(iterations, 'iteration')} per block, `
    return `${blocks}concurrency ${concurrency}${describeThinkTime(thinkTimeMs)}`
  }
  const { arrivalRate, arrivals, maxInFlight, stages } = workload
  const rate = `${formatFigure(arrivalRate)}/s${stages === undefined ? '' : ` on average over ${formatCounted(stages.length, 'stage')}`}`
  const by = workload.engine === undefined ? '' : 'the raw engine, '
  return `${by}open loop, ${arrivals} ${rate}, at most ${formatCount(maxInFlight)} in flight`
}

/** In an open loop: what the requests took once they were sent, and how well the schedule was kept. */
function renderOpenLoop({ id, service, openLoop }: ArmResult): string[] {
  if (openLoop === undefined) return []
  const { dispatchDelay, dropped, intended, sentPerSecond } = openLoop
  const served = `service time p50 ${formatMs(service.p50Us)}, p99 ${formatMs(service.p99Us)} ms`
  const delay = `dispatch delay p50 ${formatMs(dispatchDelay.p50Us)}, p99 ${formatMs(dispatchDelay.p99Us)} ms`
  const sent = `${formatRate(sentPerSecond)}/s sent`
  return [`${id}: ${served}; ${delay}; ${sent}, ${formatCount(dropped)} of ${counted(intended, 'arrival')} dropped`]
}

/** How it was measured, and whether the server counted the same. */
function renderTrust({
  unit,
  contrasts,
  rounds,
  excludedRounds = 0,
  workload,
  ledger,
  end,
  elapsedMs,
  isolation,
  processes,
}: ComparisonResult): string {
  const units = unit === 'quad' ? formatCounted(rounds, 'quad') : formatCounted(contrasts[0]?.primary.units ?? 0, unit)
  const leftOut = excludedRounds === 0 ? '' : ` (${formatCounted(excludedRounds, 'round')} left out: CPU steal)`
  const checks =
    ledger === null
      ? workload.model === 'micro'
        ? 'no requests, no ledger'
        : 'no ledger to check with'
      : `ledger agrees in ${formatCount(ledger.blocksAgreeing)} of ${counted(ledger.blocksChecked, 'block')}${ledger.counts === undefined ? '' : ' (bytes left out: proxies and HTTP/2 add their own)'}`
  const where = describeProcesses(isolation, processes)
  return `${describeWorkload(workload)}, ${units}${leftOut} in ${where}, ${formatDuration(elapsedMs)} (${end.state}); ${checks}`
}

function describeProcesses(isolation: ComparisonResult['isolation'], processes: number): string {
  if (processes > 1) return `${processes} processes ${isolation === 'shared' ? 'that share the load' : 'per arm'}`
  return isolation === 'shared' ? 'one process' : 'a process per arm'
}
