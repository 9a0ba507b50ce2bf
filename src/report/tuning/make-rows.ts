import { judgeTrial } from '../../capacity/rate-trial.ts'
import { compareCost, type Setting } from '../../capacity/setting.ts'
import { brokenTerms, mergeTallies } from '../../capacity/tally.ts'
import type { Block } from '../../sample/block.ts'
import { summarizeArm } from '../../sample/merge.ts'
import type { TuningBlock, TuningRun } from '../../tune/run-tuning.ts'
import type { TuningRow } from './model.ts'

/** The whole curve of the closed loop, cheapest first. */
export function makeSizeRows({ conclusion, blocks }: TuningRun): TuningRow[] {
  return conclusion.tried.map(({ setting, rounds, perSecond, standing, objective }) => ({
    ...describeBlocks(
      setting,
      blocks.filter((one) => one.setting.id === setting.id && one.ratePerSecond === undefined),
    ),
    rounds,
    throughputPerSecond: perSecond,
    loss: standing.loss,
    ...(standing.limits && { lossLimits: standing.limits }),
    state: standing.state,
    broken: objective.broken.map(({ text }) => text),
    isRecommended: setting.id === conclusion.setting?.id,
  }))
}

/** The trials of the open loop, by setting and rate. */
export function makeRateRows({ search, conclusion, open, blocks }: TuningRun): TuningRow[] {
  const groups = [...Map.groupBy(open, ({ setting, block }) => `${setting.id} ${block.ratePerSecond}`).values()]
  const rows = groups.map((results) => {
    const [{ setting, block }] = results as [(typeof results)[number]]
    const { ratePerSecond } = block
    const seen = results.map((result) => result.block)
    const achieved = seen.map(({ achievedPerSecond }) => achievedPerSecond).sort((a, b) => a - b)
    const own = blocks.filter((one) => one.setting.id === setting.id && one.ratePerSecond === ratePerSecond)
    const outcome = judgeTrial(search.objective, seen)
    return {
      setting,
      row: {
        ...describeBlocks(setting, own),
        rounds: 0,
        ratePerSecond,
        throughputPerSecond: achieved[Math.floor((achieved.length - 1) / 2)] ?? 0,
        state: outcome ?? ('undecided' as const),
        broken: brokenTerms(search.objective, mergeTallies(seen.map(({ tallies }) => tallies))).map(({ text }) => text),
        isRecommended:
          outcome === 'held' && setting.id === conclusion.setting?.id && ratePerSecond === search.ratePerSecond,
      },
    }
  })
  const order = (a: (typeof rows)[number], b: (typeof rows)[number]) =>
    compareCost(a.setting, b.setting) || (a.row.ratePerSecond ?? 0) - (b.row.ratePerSecond ?? 0)
  return rows.sort(order).map(({ row }) => row)
}

function describeBlocks({ id, params, size }: Setting, own: readonly TuningBlock[]) {
  const blocks = own.map(({ block }, round): Block => ({ ...block, arm: id, generation: 0, round, position: 0 }))
  const { latency, succeeded, failed, openLoop, eventLoopUtilization } = summarizeArm(id, blocks)
  // Settings are made anew for blocks: what one block needed is what the setting needs.
  const connections = Math.max(0, ...blocks.map(({ newCarriers }) => newCarriers.connections))
  const { p50Us, p99Us } = latency
  const counts = { succeeded, failed, dropped: openLoop?.dropped ?? 0, connections }
  return { id, params: { ...params }, size, p50Us, p99Us, ...counts, eventLoopUtilization, ...readServer(own) }
}

function readServer(own: readonly TuningBlock[]): Pick<TuningRow, 'serverEventLoopUtilization'> {
  const busy = own.flatMap(({ block }) => block.server?.eventLoopUtilization ?? [])
  return busy.length === 0 ? {} : { serverEventLoopUtilization: busy.reduce((sum, share) => sum + share) / busy.length }
}
