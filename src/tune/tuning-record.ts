import type { CheckedBlock } from '../run/arm-under-test.ts'
import { defined } from '../session/defined.ts'
import { observeOpen, observeProbe, observeRound } from './observe-block.ts'
import type { ProbeKind, ProbeRound } from './search/limit-probe.ts'
import type { Setting } from './search/setting.ts'
import type { SizeRound } from './search/size-search.ts'
import type { OpenResult, Step, TuneSearch } from './search/tune-search.ts'
import type { TooSmall, TuningEvent } from './tuning-event.ts'
import type { JudgedTuning } from './tuning-plan.ts'

/** A block and what it was part of. `ratePerSecond` is absent in a closed loop, `probe` where nothing was tried beside. */
export interface TuningBlock {
  readonly setting: Setting
  readonly ratePerSecond?: number
  readonly probe?: ProbeKind
  readonly block: CheckedBlock
}

/** What is known of a tuning so far. Only events change it, so that whoever is told them knows the same. */
export interface TuningRecord {
  readonly plan: JudgedTuning
  /** With what was learnt on the way. */
  search: TuneSearch
  readonly rounds: SizeRound[]
  readonly probes: ProbeRound[]
  readonly open: OpenResult[]
  readonly blocks: TuningBlock[]
  traced: TuningBlock | undefined
  tooSmall: TooSmall | undefined
  origin: string
  /** What is under way, and its blocks. */
  step: Step | undefined
  stepBlocks: TuningBlock[]
}

/** What is known before anything has happened. */
export function openRecord<Plan extends JudgedTuning>(plan: Plan): TuningRecord & { readonly plan: Plan } {
  return {
    ...{ plan, search: plan.search, rounds: [], probes: [], open: [], blocks: [], traced: undefined },
    ...{ tooSmall: undefined, origin: '', step: undefined, stepBlocks: [] },
  }
}

/** Takes in what happened. */
export function record(known: TuningRecord, event: TuningEvent): void {
  switch (event.kind) {
    case 'opened':
      known.origin = event.origin
      return
    case 'learnt':
      learn(known, event)
      return
    case 'step':
      known.step = event.step
      known.stepBlocks = []
      return
    case 'block':
      recordBlock(known, event)
      return
    case 'withdrawn':
      withdraw(known)
      return
    case 'step-ended':
      endStep(known)
      return
    case 'probes-left-out':
      known.search = { ...known.search, probes: [] }
      return
    case 'traced':
      known.traced = blockOf(event)
      return
    case 'planned':
    case 'failure':
    case 'run-ended':
      return
    default:
      event satisfies never
  }
}

function learn(known: TuningRecord, event: Extract<TuningEvent, { kind: 'learnt' }>): void {
  const { kind: _, atMs: __, tooSmall, ...learnt } = event
  known.search = { ...known.search, ...learnt }
  if (tooSmall !== undefined) known.tooSmall = tooSmall
}

function recordBlock(known: TuningRecord, event: Extract<TuningEvent, { kind: 'block' }>): void {
  const { setting, ratePerSecond, leadInMs = 0, block } = event
  const own = blockOf(event)
  known.blocks.push(own)
  known.stepBlocks.push(own)
  if (ratePerSecond === undefined) return
  known.open.push({ setting, block: observeOpen(known.search.objective, { ratePerSecond, leadInMs }, block) })
}

function blockOf({ setting, ratePerSecond, block, ...event }: Extract<TuningEvent, { block: unknown }>): TuningBlock {
  const probe = 'probe' in event ? event.probe : undefined
  return { setting, ...defined({ ratePerSecond, probe }), block }
}

/** Takes the last block back, whether its step has ended or not. */
function withdraw(known: TuningRecord): void {
  const { blocks, rounds, open, probes, search } = known
  const last = blocks.pop()
  const isOfStep = known.stepBlocks.pop() !== undefined
  if (last === undefined) return
  if (last.ratePerSecond !== undefined) return void open.pop()
  if (isOfStep) return
  // Of what is tried beside, only all together counts.
  if (last.probe !== undefined) return void (probes.at(-1)?.at(-1)?.kind === last.probe && probes.pop())
  const closed = blocks.filter(({ probe, ratePerSecond }) => probe === undefined && ratePerSecond === undefined)
  const round = (rounds.pop() ?? []).flatMap((result) => {
    if (result.setting.id !== last.setting.id) return [result]
    const left = result.perSecond.length - 1
    const own = closed.filter(({ setting }) => setting.id === last.setting.id).map(({ block }) => block)
    return left === 0 ? [] : [observeRound(search.objective, last.setting, own.slice(-left))]
  })
  if (round.length > 0) rounds.push(round)
}

/** A round that was cut off counts as far as it went; of what is tried beside, only all together. */
function endStep(known: TuningRecord): void {
  const { step, stepBlocks, search } = known
  if (step?.kind === 'round') {
    const round = step.settings.flatMap((setting) => {
      const own = stepBlocks.filter((one) => one.setting.id === setting.id).map(({ block }) => block)
      return own.length === 0 ? [] : [observeRound(search.objective, setting, own)]
    })
    if (round.length > 0) known.rounds.push(round)
  }
  if (step?.kind === 'probe' && stepBlocks.length === step.kinds.length) {
    known.probes.push(
      stepBlocks.flatMap(({ setting, probe, block }) =>
        probe === undefined ? [] : [observeProbe(probe, setting.id, block)],
      ),
    )
  }
  known.step = undefined
  known.stepBlocks = []
}
