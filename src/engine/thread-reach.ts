import { BroadcastChannel, getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import type { Reach } from '../plan/reach.ts'

/** What the other threads of a process say to the one that its load is counted in. */
type ThreadWord =
  | { readonly kind: 'stop'; readonly reason: string }
  /** A request has gone to a host that may be reached. */
  | { readonly kind: 'count'; readonly name: string }

/** Who is told of what other threads do. */
export interface ThreadListener {
  onStop(reason: string): void
  onCount(name: string): void
}

const name = 'sessionbench.reach'

/** Leaves word of where clients may go to every thread that is started from now on, and by those. */
export function shareReach({ hosts, requestsPerSecond, connections }: Reach): void {
  setEnvironmentData(name, { hosts, requestsPerSecond, connections } satisfies Reach)
}

/** What was shared by the thread that started this one; undefined for nothing. */
export function readSharedReach(): Reach | undefined {
  return getEnvironmentData(name) as Reach | undefined
}

/** Listens to the other threads of this process. Returns the end of it. */
export function hearThreads({ onStop, onCount }: ThreadListener): () => void {
  const channel = new BroadcastChannel(name)
  channel.unref()
  channel.onmessage = ({ data }: { data?: unknown }) => {
    const word = data as ThreadWord
    if (word.kind === 'stop') onStop(word.reason)
    else onCount(word.name)
  }
  return () => channel.close()
}

/** Says to the thread that listens what happens in this one. */
export function openThreadLine(): ThreadListener {
  const channel = new BroadcastChannel(name)
  channel.unref()
  const say = (word: ThreadWord) => channel.postMessage(word)
  return {
    onStop: (reason) => say({ kind: 'stop', reason }),
    onCount: (host) => say({ kind: 'count', name: host }),
  }
}
