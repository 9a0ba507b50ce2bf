import { meanBusy } from '../../capacity/tune-search.ts'
import type { TuningRun } from '../../tune/run-tuning.ts'
import { formatRate, formatShare } from '../format.ts'
import type { Tuning, TuningRow } from './model.ts'

interface Seen {
  readonly sizes: readonly TuningRow[]
  readonly ledger: Tuning['ledger']
}

/** Why the answer is what it is, or what to keep in mind with it; in plain words. */
export function findReasons(run: TuningRun, { sizes, ledger }: Seen): string[] {
  return [
    ...explainEnd(run),
    ...explainState(run),
    ...explainLedger(ledger),
    ...explainEdge(run, sizes),
    ...explainRates(run),
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
      return [end.message]
    default:
      return end satisfies never
  }
}

function explainState({ conclusion, rounds, search, open }: TuningRun): string[] {
  const { state, setting } = conclusion
  if (state === 'none') return ['no setting that was tried meets the objective']
  if (state === 'likely') return explainDoubt(conclusion)
  if (state === 'nothing measured') return ['too little was measured for an answer']
  if (state !== 'refused') return []
  if (search.ratePerSecond !== undefined || setting === undefined) {
    const late = open.filter(({ block }) => block.isSentLate).length
    return [
      `refused: the generator was saturated, it sent late in ${late} of ${open.length} blocks, so that what failed may have failed for that; ask for a lower --rate, or give the client more of the machine`,
    ]
  }
  const busy = formatShare(meanBusy(setting, rounds))
  return [
    `refused: the client was the limit, its event loop was ${busy} busy at ${setting.id}; the server may carry more, so that no size can be recommended for it`,
  ]
}

/** Which others could still be the better choice. */
function explainDoubt({ tried, setting }: TuningRun['conclusion']): string[] {
  const doubtful = tried.filter((one) => one.standing.state === 'unclear' && one.setting.id !== setting?.id)
  const names = doubtful.map((one) => one.setting.id).join(', ')
  return doubtful.length === 0 ? [] : [`still in doubt: ${names}; more --budget may tell`]
}

function explainLedger(ledger: Tuning['ledger']): string[] {
  if (ledger === null || ledger.blocksAgreeing === ledger.blocksChecked) return []
  return [`INVALID: the server's ledger agrees in ${ledger.blocksAgreeing} of ${ledger.blocksChecked} blocks only`]
}

/** The best of what was tried may not be the best there is. */
function explainEdge({ conclusion, search }: TuningRun, sizes: readonly TuningRow[]): string[] {
  const { setting } = conclusion
  const largest = Math.max(...sizes.map(({ size }) => size))
  if (setting === undefined || search.ratePerSecond !== undefined || setting.size < largest || sizes.length < 2)
    return []
  const { sizeName } = search.space
  return [
    `${largest} is the most ${sizeName} that were tried: more may carry more (--vary ${sizeName}=1..${largest * 4})`,
  ]
}

function explainRates({ conclusion: { highest }, search }: TuningRun): string[] {
  if (highest === undefined) return []
  const { held, failed, lateFrom } = highest
  return [
    ...(lateFrom !== undefined && failed === undefined
      ? [
          `from ${formatRate(lateFrom)} per second on the generator was late: how much more the target holds is not known`,
        ]
      : []),
    ...(held !== undefined && failed === undefined && held >= search.highestRatePerSecond
      ? [`${formatRate(held)} per second is the cap: --max-rate raises it`]
      : []),
  ]
}
