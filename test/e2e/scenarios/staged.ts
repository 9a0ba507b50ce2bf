import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

export default defineScenario({
  question: 'Does a session hold a rate that changes?',
  workload: {
    model: 'open',
    stages: [
      { durationMs: 500, arrivalRate: 0, rampTo: 80 },
      { durationMs: 250, arrivalRate: 80 },
      { durationMs: 100, arrivalRate: 0 },
      { durationMs: 150, arrivalRate: 200 },
      { durationMs: 500, rampTo: 0 },
    ],
  },
  isolation: 'shared',
  baseline: 'stateless',
  variants: {
    stateless:
      ({ target }) =>
      (signal) =>
        get(target.url('/get'), { signal }),
    session: ({ target }) => {
      const session = new Session({ baseUrl: target.origin })
      return { run: (signal) => session.get('/get', { signal }), close: () => session.close() }
    },
  },
})
