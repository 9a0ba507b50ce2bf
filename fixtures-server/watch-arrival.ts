// Slower than this is no upload but a way to hold a connection: even the narrowest link carries as much.
const leastBytesPerSecond = 1_000

interface Arrival {
  readonly timeoutMs: number
  /** What has come over the connection so far. */
  receivedBytes(): number
  /** Called when it has taken too long; answers whether to go on watching. */
  onSlow(): boolean
}

/**
 * Watches something that arrives, from now on: it may take `timeoutMs`, and besides as long as what has come would over
 * a very slow line. Returns what ends the watch.
 */
export function watchArrival({ timeoutMs, receivedBytes, onSlow }: Arrival): () => void {
  const startedMs = performance.now()
  const startedBytes = receivedBytes()
  const look = () => {
    const carriedMs = ((receivedBytes() - startedBytes) / leastBytesPerSecond) * 1_000
    const leftMs = startedMs + timeoutMs + carriedMs - performance.now()
    if (leftMs > 0) timer = setTimeout(look, Math.ceil(leftMs))
    else if (onSlow()) timer = setTimeout(look, timeoutMs)
  }
  let timer = setTimeout(look, timeoutMs)
  return () => clearTimeout(timer)
}
