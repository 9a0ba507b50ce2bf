import type { Block } from '../sample/block.ts'
import { mergeFailures } from '../sample/failure-tally.ts'
import { checkOrderBalance } from '../statistics/order-balance.ts'
import { sumOf } from '../statistics/sum-of.ts'
import { counted, grouped } from '../words/counted.ts'
import { orderOfRounds } from './contrast-rounds.ts'
import type { JudgedComparison } from './judged-plan.ts'

interface MeasuredSoFar {
  readonly plan: JudgedComparison
  readonly blocks: readonly Block[]
  readonly excluded?: readonly Block[]
}

/** Counts do not differ for an event loop that was blocked for less than this and than an iteration may take. */
const longestHarmlessMs = 1_000

/** What makes a comparison unfit to be read as a result, in plain words. */
export function findInvalid(measured: MeasuredSoFar): string[] {
  return [...findDisagreements(measured), ...findErrorsOverBudget(measured), ...findBrokenOrder(measured)]
}

/** What makes one metric unfit: an open loop's pacer spins so that arrivals are sent on time, at its process's CPU time. */
export function findMetricProblems({ workload }: JudgedComparison, metric: string): string[] {
  if (workload.model === 'open') return metric === 'cpuPerRequest' ? ['an open loop has no CPU time per request'] : []
  return metric === 'drops' || metric === 'rateHeld' ? [`only an open loop has '${metric}': give it a rate`] : []
}

/** Those in rounds that were left out count too: no rule excuses a miscount. */
function findDisagreements({ plan, blocks, excluded = [] }: MeasuredSoFar): string[] {
  const all = [...blocks, ...excluded]
  const wrong = all.filter(({ disagreements = [] }) => disagreements.length > 0)
  const strayed = plan.arms.flatMap(({ id }) => {
    const reason = explainStrayed(
      id,
      wrong.filter(({ arm }) => arm === id),
    )
    return reason === undefined ? [] : [{ id, reason }]
  })
  const unexplained = wrong.filter(({ arm }) => strayed.every(({ id }) => id !== arm))
  const [first] = unexplained
  const reasons = strayed.map(({ reason }) => reason)
  if (first === undefined) return reasons
  const places = first.disagreements?.map(
    ({ count, client, server }) => `${count}: client ${grouped(client)}, server ${grouped(server)}`,
  )
  const where = `generation ${first.generation + 1}, round ${first.round + 1}, arm '${first.arm}'`
  const differing = `client and server counts differ in ${unexplained.length} of ${counted(all.length, 'block')}`
  const why = explainByPlaces(unexplained) + explainByBlockedLoop(unexplained, plan)
  return [...reasons, `${differing}, first in ${where} (${places?.join('; ')})${why}`]
}

/**
 * An arm whose requests the target's ledger does not have, and whose connections led to other places: nobody miscounted, it
 * was not the target that was measured.
 */
function explainStrayed(arm: string, wrong: readonly Block[]): string | undefined {
  const where = listPlaces(wrong)
  const lost = wrong
    .flatMap(({ disagreements = [] }) => disagreements)
    .filter(({ count, client, server }) => count === 'requests' && server < client)
  if (where === undefined || lost.length === 0) return undefined
  const sent = sumOf(lost, ({ client }) => client)
  const arrived = sumOf(lost, ({ server }) => server)
  const share =
    arrived === 0
      ? `none of ${arm}'s ${counted(sent, 'request')} reached the target: its connections`
      : `only ${grouped(arrived)} of ${arm}'s ${counted(sent, 'request')} reached the target: others of its connections`
  return `${share} led to ${where}. A variant measures the target that it is given (target.url), by whose own counts it is checked; to measure a server of yours, start it and make it the target: --target URL`
}

/** What the ledger cannot know of. */
function explainByPlaces(wrong: readonly Block[]): string {
  const where = listPlaces(wrong)
  return where === undefined ? '' : `; connections led to ${where}, which is not the target`
}

const mostPlaces = 3

function listPlaces(blocks: readonly Block[]): string | undefined {
  const places = [...new Set(blocks.flatMap(({ elsewhere = [] }) => elsewhere))]
  if (places.length === 0) return undefined
  return places.slice(0, mostPlaces).join(', ') + (places.length > mostPlaces ? ' and other places' : '')
}

/** A process that can do nothing for so long neither sees its sockets close nor gives up what took too long. */
function explainByBlockedLoop(wrong: readonly Block[], { workload }: JudgedComparison): string {
  const blockedUs = Math.max(...wrong.map(({ eventLoopDelayMaxUs = 0 }) => eventLoopDelayMaxUs))
  const shortestUs = Math.min(workload.iterationTimeoutMs, longestHarmlessMs) * 1_000
  if (blockedUs < shortestUs) return ''
  const seconds = Number((blockedUs / 1_000_000).toPrecision(2))
  return `; in such a block the arm's event loop was blocked for ${seconds} s: something in the variant computes or waits synchronously, or the machine stood still`
}

/** Latency and throughput are those of the iterations that succeeded: with many failures they describe the survivors. */
function findErrorsOverBudget({ plan, blocks }: MeasuredSoFar): string[] {
  return plan.arms.flatMap(({ id }) => {
    const own = blocks.filter(({ arm }) => arm === id)
    const failed = sumOf(own, (block) => block.failed)
    const total = sumOf(own, (block) => block.failed + block.succeeded)
    if (failed <= plan.errorBudget * total) return []
    const [most] = mergeFailures(own.map(({ failures }) => failures))
    const budget = `the error budget of ${percent(plan.errorBudget)}`
    const share = most !== undefined && most.count > failed / 2 ? 'mostly' : 'most often'
    const cause = most === undefined ? '' : `, ${share} '${most.code}' (${most.message})`
    return [`${percent(failed / total)} of ${id}'s iterations failed, more than ${budget}${cause}`]
  })
}

/** What cancels a drift of the machine is that every round is an order and its mirror image. */
function findBrokenOrder({ plan, blocks }: MeasuredSoFar): string[] {
  const { unmirrored } = checkOrderBalance(orderOfRounds(blocks, plan))
  return unmirrored === 0 ? [] : [`${counted(unmirrored, 'round')} did not run in an order and its mirror image`]
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`
}
