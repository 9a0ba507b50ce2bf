import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

export default defineScenario({
  question: 'How exactly is a schedule kept, and how much memory does it take, for one small GET on a kept connection?',
  workload: { model: 'open', arrivalRate: 2_000 },
  isolation: 'shared',
  baseline: 'session',
  variants: {
    session: ({ target, concurrency }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections: concurrency } })
      return { run: (signal) => session.get('/get', { signal }), close: () => session.close() }
    },
    'session-again': ({ target, concurrency }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections: concurrency } })
      return { run: (signal) => session.get('/get', { signal }), close: () => session.close() }
    },
  },
})
