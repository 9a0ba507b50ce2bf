import type { Block } from '../../sample/block.ts'
import { mergeFailures } from '../../sample/failure-tally.ts'
import { summarizeArm } from '../../sample/summarize-arm.ts'
import { at } from '../../session/at.ts'
import { defined } from '../../session/defined.ts'
import { sumOf } from '../../statistics/sum-of.ts'
import { gainOf } from '../search/limit-probe.ts'
import { carriedPerSecond } from '../search/rate-search.ts'
import { judgeTrial } from '../search/rate-trial.ts'
import { compareCost, type Setting } from '../search/setting.ts'
import type { TuningBlock } from '../tuning-record.ts'
import type { TuningRun } from '../tuning-run.ts'
import type { TuningProbe, TuningRow } from './model.ts'

/** The whole curve of the closed loop, cheapest first. */
export function makeSizeRows({ conclusion, blocks }: TuningRun): TuningRow[] {
  return conclusion.tried.map(({ setting, rounds, perSecond, standing, objective }) => ({
    ...describeBlocks(setting, blocksOf(blocks, setting)),
    rounds,
    throughputPerSecond: perSecond,
    loss: standing.loss,
    ...defined({ lossLimits: standing.limits }),
    state: objective.isMet ? standing.state : ('not allowed' as const),
    broken: objective.broken.map(({ text }) => text),
    isRecommended: setting.id === conclusion.setting?.id,
  }))
}

/** The blocks of a setting's rounds. */
export function blocksOf(blocks: readonly TuningBlock[], { id }: Setting): readonly TuningBlock[] {
  return blocks.filter(({ setting, ratePerSecond, probe }) => {
    return setting.id === id && ratePerSecond === undefined && probe === undefined
  })
}

/** The trials of the open loop, by setting and rate. */
export function makeRateRows({ search, conclusion, open, blocks }: TuningRun): TuningRow[] {
  const groups = [...Map.groupBy(open, ({ setting, block }) => `${setting.id} ${block.ratePerSecond}`).values()]
  const rows = groups.map((results) => {
    const { setting, block } = at(results, 0)
    const { ratePerSecond } = block
    const seen = results.map((result) => result.block)
    const own = blocks.filter((one) => one.setting.id === setting.id && one.ratePerSecond === ratePerSecond)
    const isChosen = setting.id === conclusion.setting?.id
    const settled = isChosen ? conclusion.highest?.trials.get(ratePerSecond) : undefined
    const { outcome, cause, broken, drift, seconds } = { ...judgeTrial(search.objective, seen), ...settled }
    const wanted = isChosen && ratePerSecond === search.ratePerSecond
    return {
      setting,
      row: {
        ...describeBlocks(setting, own),
        ...{ rounds: 0, ratePerSecond, throughputPerSecond: carriedPerSecond(seen), seconds, state: outcome },
        ...defined({ drift: drift && { perSecond: drift.perSecond, low: drift.low, high: drift.high }, cause }),
        broken: broken.map(({ text }) => text),
        isRecommended: outcome === 'held' && wanted,
      },
    }
  })
  const order = (a: (typeof rows)[number], b: (typeof rows)[number]) =>
    compareCost(a.setting, b.setting) || (a.row.ratePerSecond ?? 0) - (b.row.ratePerSecond ?? 0)
  return rows.sort(order).map(({ row }) => row)
}

/** What was tried beside the chosen setting. */
export function makeProbeRows({ probes, blocks, conclusion }: TuningRun): TuningProbe[] {
  const kinds = [...new Set(probes.flat().map(({ kind }) => kind))]
  return kinds.map((kind) => {
    const own = probes.flat().filter((result) => result.kind === kind)
    const meanOf = (values: readonly number[]) => sumOf(values) / values.length
    const idle = own.flatMap(({ machineIdle }) => machineIdle ?? [])
    const gain = kind === 'same' ? undefined : gainOf(probes, kind)
    return {
      ...{
        kind,
        rounds: own.length,
        succeeded: sumOf(own, (one) => one.succeeded),
        failed: sumOf(own, (one) => one.failed),
      },
      failures: mergeFailures(
        blocks
          .filter(({ probe, setting }) => probe === kind && setting.id === conclusion.setting?.id)
          .map(({ block }) => block.failures),
      ),
      throughputPerSecond: Math.exp(meanOf(own.map(({ perSecond }) => Math.log(Math.max(perSecond, 1e-3))))),
      p50Us: meanOf(own.map(({ p50Us }) => p50Us)),
      clientBusy: meanOf(own.map(({ clientBusy }) => clientBusy)),
      ...(idle.length > 0 && { machineIdle: meanOf(idle) }),
      ...(gain && { gain: { share: gain.gain, low: gain.low, high: gain.high } }),
    }
  })
}

function describeBlocks({ id, params, size }: Setting, own: readonly TuningBlock[]) {
  const blocks = own.map(({ block }, round): Block => ({ ...block, arm: id, generation: 0, round, position: 0 }))
  const { latency, succeeded, failed, failures, openLoop, eventLoopUtilization } = summarizeArm(id, blocks)
  // Settings are made anew for blocks: what one block needed is what the setting needs.
  const connections = Math.max(0, ...blocks.map(({ newCarriers }) => newCarriers.connections))
  const { p50Us, p99Us, meanUs } = latency
  const counts = { succeeded, failed, failures: [...failures], dropped: openLoop?.dropped ?? 0, connections }
  return { id, params: { ...params }, size, p50Us, p99Us, meanUs, ...counts, eventLoopUtilization, ...readServer(own) }
}

function readServer(own: readonly TuningBlock[]): Pick<TuningRow, 'serverEventLoopUtilization'> {
  const busy = own.flatMap(({ block }) => block.server?.eventLoopUtilization ?? [])
  return busy.length === 0 ? {} : { serverEventLoopUtilization: sumOf(busy) / busy.length }
}
