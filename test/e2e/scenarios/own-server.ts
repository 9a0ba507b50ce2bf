import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

/** Variants that start a server of their own, as whoever wants to compare two servers may try. */
async function startServer(body: string) {
  const server = http.createServer((_, response) => response.end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = new Session({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
  return {
    run: (signal: AbortSignal) => session.get('/', { signal }),
    close: async () => {
      await session.close()
      server.close()
    },
  }
}

export default defineScenario({
  question: 'Which server is faster?',
  workload: { model: 'closed', concurrency: 2 },
  baseline: 'old',
  variants: { old: () => startServer('old'), new: () => startServer('new') },
  isolation: 'shared',
})
