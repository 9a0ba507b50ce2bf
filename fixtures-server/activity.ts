import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** How long an event loop has had work since its thread started, and how long it has been idle. */
interface LoopActivity {
  readonly activeMs: number
  readonly idleMs: number
}

/** What the server itself has used since its process started, whoever asked for it: cumulative, and never reset. */
export interface ServerActivity {
  /** CPU time of the whole process: serving threads, the links' thread (which spins to be on time) and control. */
  readonly cpuUserUs: number
  readonly cpuSystemUs: number
  /** One per serving thread; the first also answers control. */
  readonly serving: readonly LoopActivity[]
  /** The thread that relays the links, when there is one. It spins, so that its activity is not all work. */
  readonly links: LoopActivity | null
}

/** Something with an event loop: this thread's `performance`, or that of a worker. */
interface Thread {
  // By the value: the name of its type is not in every version of @types/node.
  readonly eventLoopUtilization: typeof performance.eventLoopUtilization
}

/** Reads this process's CPU time and the event loops of its threads. */
export function readActivity(servingThreads: readonly Thread[], links: Thread | undefined): ServerActivity {
  const { user, system } = process.cpuUsage()
  const serving = [performance, ...servingThreads].map((thread) => activityOf(thread.eventLoopUtilization()))
  return {
    cpuUserUs: user,
    cpuSystemUs: system,
    serving,
    links: links === undefined ? null : activityOf(links.eventLoopUtilization()),
  }
}

function activityOf({ active, idle }: EventLoopUtilization): LoopActivity {
  return { activeMs: active, idleMs: idle }
}
