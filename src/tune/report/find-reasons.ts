import { saturatedLoop } from '../../judge/find-saturated.ts'
import { nameFailure } from '../../report/failure-words.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { counted, grouped } from '../../words/counted.ts'
import { formatCount, formatMs, formatRate, formatShare } from '../../words/format.ts'
import { meanBusy } from '../search/client-limit.ts'
import { stateOf } from '../search/judge-gain.ts'
import { gainOf } from '../search/limit-probe.ts'
import { isNarrow } from '../search/rate-ends.ts'
import type { HighestRate } from '../search/rate-search.ts'
import type { TuningRun } from '../tuning-run.ts'
import type { Tuning, TuningRow } from './model.ts'

interface Seen {
  readonly sizes: readonly TuningRow[]
  readonly rates: readonly TuningRow[]
  readonly ledger: Tuning['ledger']
  readonly nearest: Tuning['answer']['nearest']
}

/** Why the answer is what it is, or what to keep in mind with it; in plain words. */
export function findReasons(run: TuningRun, seen: Seen): string[] {
  return [
    ...explainEnd(run),
    ...explainState(run, seen),
    ...explainLedger(seen.ledger),
    ...explainEdge(run, seen.sizes),
    ...explainTooSmall(run),
    ...explainRates(run),
    ...explainFailures(seen),
  ]
}

function explainEnd({ end, plan }: TuningRun): string[] {
  switch (end.state) {
    case 'done':
      return []
    case 'budget ended':
      return [
        `the budget of ${formatRate(plan.budgetMs / 1_000)} s ended before everything was clear: more --budget may tell`,
      ]
    case 'interrupted':
      return ['interrupted: this is what was known by then']
    case 'failed':
      return [`${end.message}; this is what was known by then`]
    default:
      return end satisfies never
  }
}

function explainState(run: TuningRun, { nearest }: Seen): string[] {
  const { conclusion, rounds, search } = run
  const { state, setting } = conclusion
  if (state === 'none') return [explainNone(run, nearest)]
  if (state === 'likely') return explainDoubt(conclusion)
  if (state === 'nothing measured') return ['too little was measured for an answer']
  if (state !== 'refused') return []
  if (search.ratePerSecond !== undefined || setting === undefined) {
    return [
      `refused: ${sayLate(run)}, so that what failed may have failed for that; ask for a lower --rate, or give the client more of the machine`,
    ]
  }
  const busy = meanBusy(setting, rounds)
  const why =
    busy > saturatedLoop
      ? `the client was ${formatShare(busy)} busy at ${setting.id}, so that these may be its figures`
      : `a second client process carries more, and more ${search.space.sizeName} of this one do not, which was ${formatShare(busy)} busy at ${setting.id}: these are its figures`
  return [`refused: ${why}; the server may carry more, and no size can be recommended for it`]
}

/** A process that is woken late is late too: it was saturated only if its event loop had no time left. */
function sayLate(run: Pick<TuningRun, 'open' | 'blocks'>): string {
  const late = run.open.filter(({ block }) => block.isClientLate).length
  const where = `in ${late} of ${counted(run.open.length, 'block')}`
  const share = busiestLoop(run)
  return share > saturatedLoop
    ? `the generator was saturated ${where}, its event loop up to ${formatShare(share)} busy`
    : `the generator sent late ${where}, though its event loop was only ${formatShare(share)} busy`
}

/** In any open loop, 0 to 1. */
function busiestLoop({ blocks }: Pick<TuningRun, 'blocks'>): number {
  const open = blocks.filter(({ ratePerSecond }) => ratePerSecond !== undefined)
  return Math.max(0, ...open.map(({ block }) => block.eventLoopUtilization))
}

/** What misses the objective by least, and by how much. */
function explainNone({ search }: TuningRun, nearest: Seen['nearest']): string {
  const all = search.objective.map(({ text }) => text).join(', ')
  const what =
    search.ratePerSecond === undefined ? 'no size that was tried meets' : 'no size that was tried holds the rate and'
  const none = search.ratePerSecond === undefined ? `${what} ${all}` : `${what} meets ${all}`
  if (nearest === null) return none
  const missed = nearest.missed.map(({ condition, value }) => sayValue(condition, value)).join(', ')
  return `${none}; nearest was ${nearest.id} (${missed})`
}

function sayValue(condition: string, value: number): string {
  const [name = condition] = condition.split('<')
  return /^(latency\.)?(p\d|max)/.test(condition)
    ? `${name.trim()} ${formatMs(value)} ms`
    : `${name.trim()} ${formatShare(value)}`
}

/** Which others could still be the better choice. */
function explainDoubt({ tried, setting }: TuningRun['conclusion']): string[] {
  const doubtful = tried.filter((one) => one.standing.state === 'unclear' && one.setting.id !== setting?.id)
  const names = doubtful.map((one) => one.setting.id).join(', ')
  return doubtful.length === 0 ? [] : [`still in doubt: ${names}; more --budget may tell`]
}

function explainLedger(ledger: Tuning['ledger']): string[] {
  if (ledger === null || ledger.blocksAgreeing === ledger.blocksChecked) return []
  return [
    `INVALID: the server's ledger agrees in ${grouped(ledger.blocksAgreeing)} of ${counted(ledger.blocksChecked, 'block')} only`,
  ]
}

/** The best of what was tried may not be the best there is, unless twice as much was seen to carry no more. */
function explainEdge({ conclusion, search, probes }: TuningRun, sizes: readonly TuningRow[]): string[] {
  const { setting } = conclusion
  const largest = Math.max(...sizes.map(({ size }) => size))
  if (setting === undefined || search.ratePerSecond !== undefined || setting.size < largest || sizes.length < 2)
    return []
  if (stateOf(gainOf(probes, 'larger')) === 'no more') return []
  const { sizeName } = search.space
  return [
    `${largest} is the most ${sizeName} that were tried: more may carry more (--vary ${sizeName}=1..${largest * 4})`,
  ]
}

function explainTooSmall({ tooSmall, search }: TuningRun): string[] {
  if (tooSmall === undefined) return []
  const { sizes, answerMs, underWay, limitMs } = tooSmall
  const fewest = formatCount(Math.max(...sizes))
  return [
    `${fewest} ${search.space.sizeName} and fewer were not tried: an answer takes ${formatMs(answerMs * 1_000)} ms, so that of ${formatCount(underWay)} requests under way each would wait there for longer than the ${formatRate(limitMs / 1_000)} s it may take`,
  ]
}

function explainRates(run: TuningRun): string[] {
  const { conclusion, search, plan, open } = run
  const { highest } = conclusion
  if (highest === undefined) return []
  const { held, failed, lateFrom } = highest
  const late = busiestLoop(run) > saturatedLoop ? 'saturated' : 'late'
  return [
    ...(lateFrom !== undefined && failed === undefined
      ? [
          `from ${formatRate(lateFrom)} per second on the generator was ${late}: how much more the target holds is not known`,
        ]
      : []),
    ...(held !== undefined && failed === undefined && held >= search.highestRatePerSecond
      ? [`${formatRate(held)} per second is the cap: --max-rate raises it`]
      : []),
    ...explainWidth(highest, { open, budgetMs: plan.budgetMs }),
  ]
}

/** An interval narrows with the root of the time: how long it would take is known as well as how wide it is. */
function explainWidth(
  { held, failed, estimate }: HighestRate,
  { open, budgetMs }: { readonly open: TuningRun['open']; readonly budgetMs: number },
): string[] {
  if (held === undefined || failed === undefined || isNarrow({ held, failed }, wantedMargin)) return []
  const apart = `what held and what failed are ${formatShare(failed / held - 1)} apart`
  const told = isNarrow({ held, failed }) ? apart : `${apart}, too wide for an answer`
  if (estimate === undefined) return [`${told}: more --budget may tell`]
  const error = estimate.high / estimate.perSecond - 1
  const openMs = sumOf(open, ({ block: { course } }) => course.stepMs * course.arrived.length)
  const neededMs = budgetMs + openMs * Math.max(0, (error / wantedMargin) ** 2 - 1)
  const budget = `${Math.ceil(neededMs / stepMs + 1) * (stepMs / 1_000)}s`
  return neededMs > longestMs
    ? [`${told}: what is carried varies too much here to tell it closer`]
    : [`${told}: about --budget ${budget} would bring them within 5 %`]
}

/** Budgets are named in steps of so much. */
const stepMs = 30_000
/** Two of these make five per cent. */
const wantedMargin = 0.0224
/** Nobody waits longer for one figure. */
const longestMs = 1_800_000

/** What failed, by kind, with counts: whoever refuses says how. */
function explainFailures({ sizes, rates }: Seen): string[] {
  return [sumFailures(sizes, 'closed loop'), sumFailures(rates, 'open loop')].flat()
}

function sumFailures(rows: readonly TuningRow[], where: string): string[] {
  const failing = rows.filter(({ failed }) => failed > 0)
  if (failing.length === 0) return []
  const [failed, all] = [sumOf(failing, (row) => row.failed), sumOf(failing, (row) => row.failed + row.succeeded)]
  const kinds = [
    ...Map.groupBy(
      failing.flatMap(({ failures }) => failures),
      nameFailure,
    ),
  ].map(([kind, same]) => {
    const count = sumOf(same, (failure) => failure.count)
    return { count, text: `${formatCount(count)} × ${kind} (${same[0]?.message})` }
  })
  const names = [...new Set(failing.map(({ id }) => id))].join(', ')
  const told = kinds.toSorted((a, b) => b.count - a.count).map(({ text }) => text)
  return [`${where}: ${formatCount(failed)} of ${counted(all, 'iteration')} failed at ${names}: ${told.join(', ')}`]
}
