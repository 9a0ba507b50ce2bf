import type { MessagePort } from 'node:worker_threads'
import type { Certificates } from '../certificates.ts'
import type { FaultPlan } from '../faults.ts'
import type { ResolvedFixtureOptions } from '../options.ts'
import type { ServingCounts, ServingMemory } from '../serving.ts'

/** What a serving thread is started with. */
export interface ServingSetup {
  /** With the ports that the first thread has already opened. */
  readonly options: ResolvedFixtureOptions
  readonly certificates: Certificates
  /** Questions come and answers go here. */
  readonly port: MessagePort
  /** Set to 1 when an answer has been posted, for an asker that stands still until then. */
  readonly answered: SharedArrayBuffer
}

/** What the first thread asks of a serving thread. */
export type ServingQuestion =
  | { readonly kind: 'counts' }
  | { readonly kind: 'memory' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'faults'; readonly plan: FaultPlan | undefined }

/** The answers; the last two questions have been obeyed when theirs is there. */
export interface ServingAnswers {
  readonly counts: ServingCounts
  readonly memory: ServingMemory
  readonly reset: null
  readonly faults: null
}

/** What the first thread orders over the thread's parent port, where nobody stands still. */
export type ServingOrder = { readonly kind: 'settle' } | { readonly kind: 'close'; readonly drainMs: number }

/** What a serving thread tells there. */
export type ServingNotice =
  | { readonly kind: 'ready' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'failed'; readonly message: string }
