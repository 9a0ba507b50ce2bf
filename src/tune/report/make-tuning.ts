import { renderTarget } from '../../plan/target-profile.ts'
import { latencyOf } from '../../sample/block-core.ts'
import type { Environment } from '../../sample/environment.ts'
import { Histogram } from '../../sample/histogram.ts'
import { summarizePhases } from '../../sample/summarize-phases.ts'
import type { SweepValue } from '../../scenario/scenario-parts.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { busyConnections } from '../search/littles-law.ts'
import { isNarrow } from '../search/rate-ends.ts'
import { makeSnippets } from '../search/ready-code.ts'
import { fitScalabilityLaw } from '../search/scalability-law.ts'
import type { TuningRun } from '../tuning-run.ts'
import { findReasons } from './find-reasons.ts'
import { gatherEvidence } from './limit-evidence.ts'
import { blocksOf, makeProbeRows, makeRateRows, makeSizeRows } from './make-rows.ts'
import { type Tuning, type TuningRow, tuningSchemaVersion } from './model.ts'
import { sayLimit } from './say-limit.ts'

/** Makes the tuning document from what was measured. */
export function makeTuning(
  run: TuningRun,
  { startedAt, environment }: { readonly startedAt: string; readonly environment: Environment },
): Tuning {
  const { plan, search, conclusion, end, elapsedMs, origin } = run
  const [sizes, rates, probes] = [makeSizeRows(run), makeRateRows(run), makeProbeRows(run)]
  const traced = run.traced && summarizePhases([run.traced.block.phases])
  const recommended = [...sizes, ...rates].find(({ isRecommended }) => isRecommended)
  const ledger = checkLedger(run)
  const state = ledger !== null && ledger.blocksAgreeing < ledger.blocksChecked ? 'invalid' : conclusion.state
  const isAnswer = state === 'recommended' || state === 'likely'
  const nearest = findNearest(run)
  const { sizeName } = search.space
  const words = { sizeName, id: conclusion.setting?.id, isAtRate: search.ratePerSecond !== undefined }
  const params = isAnswer ? (conclusion.setting?.params ?? null) : null
  return {
    schemaVersion: tuningSchemaVersion,
    kind: 'sessionbench.tuning',
    ...{
      startedAt,
      elapsedMs,
      budgetMs: plan.budgetMs,
      partial: end.state === 'interrupted',
      seed: plan.seed,
      environment,
    },
    ...{ scenario: plan.scenario.name, variant: plan.variant, target: renderTarget(plan.target) },
    objective: search.objective.map(({ text }) => text),
    wantedRatePerSecond: search.ratePerSecond ?? null,
    sizeName: search.space.sizeName,
    epsilon: search.epsilon,
    end: { ...end },
    answer: {
      state,
      params: params && { ...params },
      throughputPerSecond: (isAnswer && findThroughput(run, recommended)) || null,
      loss: (isAnswer ? recommended?.loss : undefined) ?? null,
      lossLimits: (isAnswer ? recommended?.lossLimits : undefined) ?? null,
      nearest,
      reasons: findReasons(run, { sizes, rates, ledger, nearest }),
    },
    highestRate: readHighest(run),
    sizes,
    rates,
    probes,
    limit: sayLimit(gatherEvidence(run, { sizes, rates, probes, traced }), words),
    whereTimeWent: traced === undefined ? null : { id: run.traced?.setting.id ?? '', p50: traced.p50, p99: traced.p99 },
    littlesLaw: findLittle(rates, sizes),
    scalabilityLaw: fitLaw(run),
    ledger,
    snippets: params === null ? [] : makeSnippets(settingsOf(params, origin)),
  }
}

/** A size that every closed loop was too fast for carries what it held at a rate. */
function findThroughput({ conclusion }: TuningRun, row: TuningRow | undefined): number | undefined {
  return row !== undefined && row.broken.length > 0 ? conclusion.highest?.achieved : row?.throughputPerSecond
}

/** When nothing meets the objective: what misses it by least, and what it did instead. */
function findNearest({ conclusion, search, blocks }: TuningRun): Tuning['answer']['nearest'] {
  const { nearest, tried } = conclusion
  const broken = tried.find(({ setting }) => setting.id === nearest?.id)?.objective.broken ?? []
  if (nearest === undefined) return null
  const own = blocksOf(blocks, nearest).map(({ block }) => block)
  const latency = Histogram.merge(own.map(latencyOf))
  const failed = sumOf(own, (block) => block.failed)
  const all = sumOf(own, (block) => block.failed + block.succeeded)
  const readMiss = ({ metric }: (typeof search.objective)[number]) =>
    metric.kind === 'latency' ? latency.percentileUs(metric.percentile) : failed / Math.max(1, all)
  const missed = broken.map((term) => ({ condition: term.text, value: readMiss(term) }))
  return { id: nearest.id, params: { ...nearest.params }, missed }
}

function readHighest({ conclusion }: TuningRun): Tuning['highestRate'] {
  const { highest } = conclusion
  if (highest === undefined) return null
  return {
    heldPerSecond: highest.held ?? null,
    failedPerSecond: highest.failed ?? null,
    achievedPerSecond: highest.achieved ?? null,
    lateFromPerSecond: highest.lateFrom ?? null,
    carried: highest.estimate ?? null,
    isNarrow: isNarrow(highest),
  }
}

function checkLedger({ blocks }: TuningRun): Tuning['ledger'] {
  const checked = blocks.flatMap(({ block }) => block.disagreements ?? [])
  const withLedger = blocks.filter(({ block }) => block.disagreements !== undefined)
  if (withLedger.length === 0) return null
  const agreeing = withLedger.filter(({ block }) => block.disagreements?.length === 0).length
  return { blocksChecked: withLedger.length, blocksAgreeing: checked.length === 0 ? withLedger.length : agreeing }
}

function findLittle(rates: readonly TuningRow[], sizes: readonly TuningRow[]): Tuning['littlesLaw'] {
  const held = rates
    .filter(({ state }) => state === 'held')
    .toSorted((a, b) => b.throughputPerSecond - a.throughputPerSecond)
  const chosen = sizes.filter(({ isRecommended, broken }) => isRecommended && broken.length === 0)
  const [row] = chosen.length > 0 ? chosen : held
  if (row === undefined || row.meanUs === 0) return null
  // The law is one of averages: a median would be off by as much as the times are skewed.
  const serviceMs = row.meanUs / 1_000
  const ratePerSecond = row.throughputPerSecond
  return { ratePerSecond, serviceMs, busyConnections: busyConnections(ratePerSecond, serviceMs) }
}

function fitLaw({ conclusion, rounds, plan }: TuningRun): Tuning['scalabilityLaw'] {
  const line = conclusion.setting?.line ?? conclusion.tried[0]?.setting.line
  const settings = conclusion.tried.filter(({ setting }) => setting.line === line)
  const throughputs = settings.map(({ setting }) => ({
    size: setting.size,
    perSecond: rounds.flatMap((round) =>
      round.filter((one) => one.setting.id === setting.id).map(({ perSecond }) => sumOf(perSecond) / perSecond.length),
    ),
  }))
  return fitScalabilityLaw(throughputs, plan.seed) ?? null
}

function settingsOf(params: Readonly<Record<string, SweepValue>>, origin: string) {
  const numberOf = (name: string) => (typeof params[name] === 'number' ? params[name] : undefined)
  const retries = numberOf('retries')
  return {
    origin,
    connections: numberOf('connections'),
    pipelining: numberOf('pipelining'),
    keepAliveTimeoutMs: numberOf('keepAliveTimeoutMs'),
    retries: retries === 0 ? undefined : retries,
  }
}
