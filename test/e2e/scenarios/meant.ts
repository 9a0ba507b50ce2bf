// Statuses of 400 and more that are no failure: those on the way to another answer, and those that the scenario expects.
import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

export default defineScenario({
  question: 'Which statuses of 400 and more are no failure?',
  target: { protocol: 'http', faults: { errorRate: 0.2, errorStatus: 503 } },
  workload: { model: 'closed', concurrency: 3 },
  isolation: 'shared',
  baseline: 'retried',
  expectedStatuses: [404],
  variants: {
    retried: ({ target }) => {
      const session = new Session({ baseUrl: target.origin, retry: { total: 10, statuses: [503] } })
      const run = async () => (await session.get('/bytes/10')).text()
      return { run, close: () => session.close() }
    },
    askedAgain:
      ({ target }) =>
      async () => {
        for (let tries = 0; tries < 20; tries++) {
          const response = await fetch(target.url('/bytes/10'))
          await response.text()
          if (response.status !== 503) return
        }
      },
    expected: ({ target }) => {
      const session = new Session({ baseUrl: target.origin, retry: { total: 10, statuses: [503] } })
      return { run: () => session.get('/status/404'), close: () => session.close() }
    },
  },
})
