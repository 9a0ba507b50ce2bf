import { setTimeout as sleep } from 'node:timers/promises'
import { defineScenario, type VariantContext } from 'sessionbench'
import { Session } from 'sessionbench/session'

/** Added to every request's own time, by spinning: a client that got so much slower. */
const addedShare = Number(process.env.TRUST_ADDED_PERCENT ?? 0) / 100
/** Added to three of every two hundred requests: a tail that got longer, and nothing else. */
const tailMs = Number(process.env.TRUST_TAIL_MS ?? 0)

function makeSession({ target, concurrency }: VariantContext<Record<never, never>>) {
  const session = new Session({ baseUrl: target.origin, ca: target.ca, pool: { connections: concurrency } })
  const send = async (signal: AbortSignal) => (await session.get('/get', { signal })).bytes()
  return { send, close: () => session.close() }
}

export default defineScenario({
  question: 'Is a change of known size caught?',
  // With one request at a time what is added to each is added to the median, and to nobody else's. A client that sleeps
  // 20 ms at times collects its garbage then, which would make its other requests faster: not at a distance.
  workload: { model: 'closed', concurrency: tailMs > 0 ? 10 : 1 },
  target: { rttMs: tailMs > 0 ? 5 : 0 },
  isolation: 'shared',
  baseline: 'session',
  variants: {
    // Reads the clock as the other does, so that only the added time differs.
    session: (context) => {
      const { send, close } = makeSession(context)
      const run = async (signal: AbortSignal) => {
        const beginMs = performance.now()
        await send(signal)
        spin(beginMs, 0)
      }
      return { run, close }
    },
    slowed: (context) => {
      const { send, close } = makeSession(context)
      let count = 0
      const run = async (signal: AbortSignal) => {
        const beginMs = performance.now()
        await send(signal)
        spin(beginMs, addedShare)
        if (tailMs > 0 && count++ % 200 < 3) await sleep(tailMs)
      }
      return { run, close }
    },
  },
})

/** Keeps the process busy for a share of what has passed since. */
function spin(beginMs: number, share: number): void {
  const nowMs = performance.now()
  const endMs = nowMs + (nowMs - beginMs) * share
  while (performance.now() < endMs);
}
