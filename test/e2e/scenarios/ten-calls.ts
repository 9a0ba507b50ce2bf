import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

export default defineScenario({
  question: 'What do ten calls cost, the first connection included?',
  workload: { model: 'closed', iterations: 10, thinkTimeMs: { minMs: 0, maxMs: 2 } },
  variantPer: 'block',
  baseline: 'stateless',
  isolation: 'shared',
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
