import { fileURLToPath } from 'node:url'
import type { BlockPhase } from '../engine/block-draws.ts'
import type { CertifyResults, CertifyTask } from '../engine/certify/certify.ts'
import type { ArmPlan } from '../plan/plan.ts'
import type { Reach } from '../plan/reach.ts'
import type { Shard } from '../plan/shard.ts'
import type { TargetAddress } from '../plan/target-address.ts'
import type { MeasuredBlock } from '../sample/block.ts'
import type { ImportRule } from '../scenario/import-rules.ts'
import type { ResolvedWorkload, ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { VariantPer } from '../scenario/scenario-parts.ts'

/** What the supervisor asks of an arm process; one request at a time, each with one reply. Plain data throughout. */
export type ArmRequest =
  | {
      readonly kind: 'describe'
      readonly scenarioUrl: string
      readonly imports?: readonly ImportRule[]
      /** Where the module may go as it is imported, beside this machine. @default nowhere */
      readonly reach?: Reach
    }
  | {
      readonly kind: 'open'
      readonly scenarioUrl: string
      readonly imports?: readonly ImportRule[]
      readonly arms: readonly ArmPlan[]
      readonly target: TargetAddress
      readonly workload: ResolvedWorkload
      readonly variantPer: VariantPer
      /** Where clients may go beside the target and this machine. @default nowhere */
      readonly reach?: Reach
      /** The part of the load that is this process's; all of it when left out. */
      readonly shard?: Shard
      /** Whether blocks say where the time went. @default false */
      readonly phases?: boolean
      /** Of the order of feeds: the same for all arms of a comparison. */
      readonly seed: number
    }
  | {
      readonly kind: 'block'
      readonly arm: string
      readonly durationMs: number
      readonly phase: BlockPhase
      /** Of everything that the block draws: the same for the blocks that are set against each other. */
      readonly seed: number
      /** Iterations are counted on from here, where an arm that is compared was faster until now. @default where its own count stands */
      readonly firstIndex?: number
      /** Instead of the workload that the arm was opened with. */
      readonly workload?: ResolvedWorkload
      /** When load begins, by the clock of whoever asks; at once when left out. */
      readonly startAtMs?: number
      /** What the clock of the arms' machine shows beyond that of whoever asks, ms. @default 0, as on the same machine */
      readonly clockOffsetMs?: number
    }
  /** Asks the engine about itself, with an arm's client to load; blocks of this process count nothing from then on. */
  | { readonly kind: 'certify'; readonly arm: string; readonly task: CertifyTask }
  | { readonly kind: 'close' }

/** What a request is to its reader; a module that is imported is named, for nothing else yet says which one it is. */
export function nameRequest(request: ArmRequest): string {
  switch (request.kind) {
    case 'describe':
      return `import of ${fileURLToPath(request.scenarioUrl)}`
    case 'open':
      return `opening of ${request.arms.map(({ variant }) => `'${variant}'`).join(', ')}`
    case 'block':
    case 'certify':
      return `${request.kind} of '${request.arm}'`
    case 'close':
      return 'closing'
    default:
      return request satisfies never
  }
}

export type ArmReply =
  | {
      readonly kind: 'described'
      readonly scenario: ScenarioDescription
      /** Modules of the other version that stand in for ones that this version of the code does not have, as URLs. */
      readonly fallbacks: readonly string[]
    }
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'block'
      readonly block: MeasuredBlock
      /** When load began, by the clock of whoever asked. */
      readonly startedAtMs: number
      /** One more than the highest index of an iteration so far, in the block's phase. */
      readonly nextIndex: number
      /** Places for iterations in this process, when `workMs` is their mean. */
      readonly workers: number | undefined
    }
  | { readonly kind: 'certified'; readonly result: CertifyResults[CertifyTask['kind']] }
  | { readonly kind: 'closed' }
  /** `message` is for the user (with the stack when it was the scenario's code that threw). */
  | { readonly kind: 'failed'; readonly message: string }
  /** For a server's sake; the process sends nothing more, and is to be ended. */
  | { readonly kind: 'stopped'; readonly message: string }

export type ArmReplyTo<Kind extends ArmRequest['kind']> = Extract<
  ArmReply,
  { kind: { describe: 'described'; open: 'opened'; block: 'block'; certify: 'certified'; close: 'closed' }[Kind] }
>
