import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

/** One variant: a plain load test, for thresholds and baselines. */
export default defineScenario({
  question: 'How long does a page take?',
  variants: {
    session: ({ target }) => {
      const session = new Session({ baseUrl: target.origin })
      return { run: (signal) => session.get('/get', { signal }), close: () => session.close() }
    },
  },
  thresholds: [
    { variant: 'session', metric: 'errorRate', max: 0 },
    { variant: 'session', metric: 'connectionsPerRequest', max: 0.5 },
  ],
})
