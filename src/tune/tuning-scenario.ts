import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

/**
 * What `tune` loads when no scenario is named: one GET by a session, every setting that can be varied in its sweep. The
 * harness gives `path` and `userAgent` beside them; an arm process imports this module by its URL, as it does any scenario.
 */
export default defineScenario({
  question: 'Which settings should a session have for this target?',
  sweep: {
    connections: [1, 2, 4, 8, 16, 32, 64],
    pipelining: [1],
    concurrency: [0],
    keepAliveTimeoutMs: [4_000],
    retries: [0],
    path: ['/work?serviceUs=5000&workers=8'],
    userAgent: ['sessionbench (+load test)'],
  },
  baseline: 'session',
  variants: {
    session: ({ target, params }) => {
      const { connections, pipelining, keepAliveTimeoutMs, retries, path, userAgent } = params
      const session = new Session({
        ...target.access,
        headers: { 'User-Agent': userAgent, ...target.access.headers },
        pool: { connections, pipelining, keepAliveTimeoutMs },
        retry: retries,
      })
      const url = target.url(path)
      return { run: (signal) => session.get(url, { signal }), close: () => session.close() }
    },
  },
})
