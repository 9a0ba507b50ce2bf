import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** Subscribes to several channels at once; returns what ends it. Whoever else subscribes may come and go meanwhile. */
export function subscribeAll(listeners: Readonly<Record<string, (message: never) => void>>): () => void {
  const entries = Object.entries(listeners) as [string, (message: unknown) => void][]
  for (const [name, listener] of entries) subscribe(name, listener)
  return () => {
    for (const [name, listener] of entries) unsubscribe(name, listener)
  }
}
