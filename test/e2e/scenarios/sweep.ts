import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

export default defineScenario({
  question: 'How many connections?',
  workload: { model: 'closed', concurrency: 8 },
  sweep: { connections: [1, 2, 4] },
  baseline: 'session',
  variants: {
    session: ({ target, params }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections: params.connections } })
      return { run: (signal) => session.get('/get', { signal }), close: () => session.close() }
    },
  },
})
