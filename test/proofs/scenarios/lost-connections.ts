import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

export default defineScenario({
  question: 'Are connections that are lost again counted, and seen?',
  workload: { model: 'closed', concurrency: 10 },
  isolation: 'shared',
  baseline: 'kept',
  variants: {
    kept: ({ target, concurrency: connections }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections } })
      return { run: (signal) => session.get('/get', { signal }), close: () => session.close() }
    },
    'one in 1,000 lost': ({ target, concurrency: connections }) => {
      const session = new Session({ baseUrl: target.origin, pool: { connections } })
      let count = 0
      const run = (signal: AbortSignal) =>
        ++count % 1_000 === 0 ? get(target.url('/get'), { signal }) : session.get('/get', { signal })
      return { run, close: () => session.close() }
    },
    'keep-alive off':
      ({ target }) =>
      (signal) =>
        get(target.url('/get'), { signal }),
  },
})
