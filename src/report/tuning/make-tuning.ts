import { busyConnections } from '../../capacity/littles-law.ts'
import { makeSnippets } from '../../capacity/ready-code.ts'
import { fitScalabilityLaw } from '../../capacity/scalability-law.ts'
import { renderTarget } from '../../plan/target-profile.ts'
import type { Environment } from '../../sample/environment.ts'
import { type PhaseSummary, summarizePhases } from '../../sample/summarize-phases.ts'
import type { SweepValue } from '../../scenario/define.ts'
import type { TuningRun } from '../../tune/run-tuning.ts'
import { findLimit } from './find-limit.ts'
import { findReasons } from './find-reasons.ts'
import { makeRateRows, makeSizeRows } from './make-rows.ts'
import { type Tuning, type TuningRow, tuningSchemaVersion } from './model.ts'

/** Makes the tuning document from what was measured. */
export function makeTuning(
  run: TuningRun,
  { startedAt, environment }: { readonly startedAt: string; readonly environment: Environment },
): Tuning {
  const { plan, search, conclusion, end, elapsedMs, origin } = run
  const [sizes, rates] = [makeSizeRows(run), makeRateRows(run)]
  const traced = run.traced && summarizePhases([run.traced.block])
  const recommended = [...sizes, ...rates].find(({ isRecommended }) => isRecommended)
  const ledger = checkLedger(run)
  const state = ledger !== null && ledger.blocksAgreeing < ledger.blocksChecked ? 'invalid' : conclusion.state
  const isAnswer = state === 'recommended' || state === 'likely'
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
      throughputPerSecond: (isAnswer && recommended?.throughputPerSecond) || null,
      loss: (isAnswer ? recommended?.loss : undefined) ?? null,
      lossLimits: (isAnswer ? recommended?.lossLimits : undefined) ?? null,
      reasons: findReasons(run, { sizes, ledger }),
    },
    highestRate: readHighest(run),
    sizes,
    rates,
    limit: findLimit({
      rows: firstLine(sizes, search.space.sizeName),
      sizeName: search.space.sizeName,
      where: traced?.p50,
      roundTripUs: findRoundTrip(run, traced),
    }),
    whereTimeWent: traced === undefined ? null : { id: run.traced?.setting.id ?? '', p50: traced.p50, p99: traced.p99 },
    littlesLaw: findLittle(run, rates, sizes),
    scalabilityLaw: fitLaw(run),
    ledger,
    snippets:
      params === null
        ? []
        : makeSnippets(settingsOf(params, origin)).map((snippet) => ({ ...snippet, limits: [...snippet.limits] })),
  }
}

/** The kernel opens a connection in one round trip; only that of an emulated link is known otherwise. */
function findRoundTrip({ plan }: TuningRun, traced: PhaseSummary | undefined): number {
  return Math.max(plan.target.rttMs * 1_000, traced?.histograms.connect?.p50Us ?? 0)
}

function readHighest({ conclusion }: TuningRun): Tuning['highestRate'] {
  const { highest } = conclusion
  if (highest === undefined) return null
  return {
    heldPerSecond: highest.held ?? null,
    failedPerSecond: highest.failed ?? null,
    achievedPerSecond: highest.achieved ?? null,
    lateFromPerSecond: highest.lateFrom ?? null,
  }
}

function checkLedger({ blocks }: TuningRun): Tuning['ledger'] {
  const checked = blocks.flatMap(({ block }) => block.disagreements ?? [])
  const withLedger = blocks.filter(({ block }) => block.disagreements !== undefined)
  if (withLedger.length === 0) return null
  const agreeing = withLedger.filter(({ block }) => block.disagreements?.length === 0).length
  return { blocksChecked: withLedger.length, blocksAgreeing: checked.length === 0 ? withLedger.length : agreeing }
}

/** Rows that differ in size only, so that they make a curve. */
function firstLine(rows: readonly TuningRow[], sizeName: string): TuningRow[] {
  const lineOf = ({ params }: TuningRow) => JSON.stringify({ ...params, [sizeName]: 0 })
  const best = rows.find(({ isRecommended }) => isRecommended) ?? rows[0]
  return best === undefined ? [] : rows.filter((row) => lineOf(row) === lineOf(best))
}

function findLittle(
  { search }: TuningRun,
  rates: readonly TuningRow[],
  sizes: readonly TuningRow[],
): Tuning['littlesLaw'] {
  const held = rates
    .filter(({ state }) => state === 'held')
    .toSorted((a, b) => b.throughputPerSecond - a.throughputPerSecond)
  const [row] = search.ratePerSecond === undefined ? sizes.filter(({ isRecommended }) => isRecommended) : held
  if (row === undefined || row.p50Us === 0) return null
  const serviceMs = row.p50Us / 1_000
  const ratePerSecond = row.throughputPerSecond
  return { ratePerSecond, serviceMs, busyConnections: busyConnections(ratePerSecond, serviceMs) }
}

function fitLaw({ conclusion, rounds, plan }: TuningRun): Tuning['scalabilityLaw'] {
  const line = conclusion.setting?.line ?? conclusion.tried[0]?.setting.line
  const settings = conclusion.tried.filter(({ setting }) => setting.line === line)
  const throughputs = settings.map(({ setting }) => ({
    size: setting.size,
    perSecond: rounds.flatMap((round) =>
      round.filter((one) => one.setting.id === setting.id).map((one) => one.perSecond),
    ),
  }))
  const fit = fitScalabilityLaw(throughputs, plan.seed)
  return fit === undefined ? null : { ...fit, peak: { ...fit.peak } }
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
