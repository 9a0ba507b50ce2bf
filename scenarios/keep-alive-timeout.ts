import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'
import { Pool } from 'undici'

export default defineScenario({
  question: 'What happens when the server closes idle connections before the client uses them again?',
  explain:
    'Each worker pauses for 40 ms between its requests; the server closes a connection 20, 40 or 200 ms after its answer, in ' +
    'order (FIN) or by reset (RST). Well before the pause ends the client sees the close and opens another connection. At ' +
    '40 ms the close crosses the request on the wire: the request is lost, and nobody can know whether it was carried ' +
    'out. A session sends an idempotent request once more; a bare pool reports the error. A client that closes idle ' +
    'connections earlier than the server meets the race only when it is late itself, and pays with connections.',
  tags: ['teaching', 'regression'],
  workload: { model: 'closed', concurrency: 24, thinkTimeMs: 40 },
  sweep: { how: ['fin', 'rst'], closesAfterMs: [20, 40, 200] },
  baseline: 'stateless',
  variants: {
    stateless:
      ({ target, params }) =>
      (signal) =>
        get(target.url(pathOf(params)), { signal }),
    session: ({ target, params }) => {
      const session = new Session({ baseUrl: target.origin })
      return { run: (signal) => session.get(pathOf(params), { signal }), close: () => session.close() }
    },
    'session-closing-first': ({ target, params }) => {
      const session = new Session({ baseUrl: target.origin, pool: { keepAliveTimeoutMs: 10 } })
      return { run: (signal) => session.get(pathOf(params), { signal }), close: () => session.close() }
    },
    'bare-pool': ({ target, params, concurrency: connections }) => {
      const pool = new Pool(target.origin, { connections })
      const run = async (signal: AbortSignal) =>
        (await pool.request({ path: pathOf(params), method: 'GET', signal })).body.bytes()
      return { run, close: () => pool.destroy() }
    },
  },
  // What fails here is what the scenario is about.
  errorBudget: 1,
  thresholds: [
    { variant: 'session', metric: 'errorRate', max: 0 },
    { variant: 'session-closing-first', metric: 'errorRate', max: 0 },
    { variant: 'stateless', metric: 'connectionsPerRequest', min: 1, max: 1 },
  ],
  isolation: 'shared',
  budgetMs: 300_000,
})

function pathOf({ how, closesAfterMs }: { readonly how: string; readonly closesAfterMs: number }): string {
  return `/close-idle?how=${how}&afterMs=${closesAfterMs}`
}
