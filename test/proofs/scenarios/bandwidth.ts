import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

/** Answers of 20,000 bytes and their heads over a link of two million bytes per second: a hundred per second, at the most. */
export default defineScenario({
  question: 'How many connections fill a link?',
  target: { bytesPerSecond: { down: 2_000_000 } },
  workload: { model: 'closed', concurrency: 16 },
  sweep: { connections: [1, 2, 4, 8, 16] },
  baseline: 'session',
  variants: {
    session: ({ target, params }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections: params.connections } })
      return { run: (signal) => session.get('/bytes/20000', { signal }), close: () => session.close() }
    },
  },
})
