import https from 'node:https'
import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

/** Clients that take what lets them in from their target, and such as go by Node's own settings. */
export default defineScenario({
  question: 'Who is let in by a server of mine?',
  workload: { model: 'closed', concurrency: 2 },
  isolation: 'shared',
  baseline: 'session',
  variants: {
    session: ({ target }) => {
      const session = new Session({ baseUrl: target.origin, ...target.access })
      return { run: (signal) => session.get('/', { signal }), close: () => session.close() }
    },
    stateless:
      ({ target }) =>
      (signal) =>
        get(target.url('/'), { ...target.access, signal }),
    fetch:
      ({ target }) =>
      async (signal) => {
        const { headers = {} } = target.access
        return await (await fetch(target.url('/'), { headers, signal })).text()
      },
    'node:https': ({ target }) => {
      const { headers = {} } = target.access
      const agent = new https.Agent({ keepAlive: true })
      const run = () =>
        new Promise<void>((resolve, reject) => {
          https
            .get(target.url('/'), { agent, headers }, (response) => response.on('end', resolve).resume())
            .on('error', reject)
        })
      return { run, close: () => agent.destroy() }
    },
  },
})
