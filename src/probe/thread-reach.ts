import {
  BroadcastChannel,
  getEnvironmentData,
  type MessagePort,
  receiveMessageOnPort,
  setEnvironmentData,
} from 'node:worker_threads'
import type { Reach } from '../plan/reach.ts'

/** What the other threads of a process say to the one that its load is counted in. */
type ThreadWord =
  | { readonly kind: 'stop'; readonly reason: string }
  /** A request has gone to a host that may be reached. */
  | { readonly kind: 'count'; readonly name: string }

/** Who is told of what other threads do. */
interface ThreadListener {
  onStop(reason: string): void
  onCount(name: string): void
}

const name = 'sessionbench.reach'

/** Leaves word of where clients may go to every thread that is started from now on, and by those. */
export function shareReach({ hosts, maxRate, maxConnections }: Reach): void {
  setEnvironmentData(name, { hosts, maxRate, maxConnections } satisfies Reach)
}

/** What was shared by the thread that started this one; undefined for nothing. */
export function readSharedReach(): Reach | undefined {
  return getEnvironmentData(name) as Reach | undefined
}

/** Listens to the other threads of this process. Returns the end of it. */
export function hearThreads({ onStop, onCount }: ThreadListener): () => void {
  const channel = new BroadcastChannel(name)
  channel.unref()
  const hear = (word: ThreadWord) => (word.kind === 'stop' ? onStop(word.reason) : onCount(word.name))
  channel.onmessage = ({ data }: { data?: unknown }) => hear(data as ThreadWord)
  // The error of a thread that nobody listens to ends the process, and may come before what the thread had said.
  const hearRest = () => {
    // Its types know of ports only; it takes channels too.
    const next = () => receiveMessageOnPort(channel as unknown as MessagePort)
    for (let got = next(); got !== undefined; got = next()) hear(got.message)
  }
  process.on('uncaughtExceptionMonitor', hearRest)
  return () => {
    process.off('uncaughtExceptionMonitor', hearRest)
    channel.close()
  }
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
