// Clients that do not throw on a status, in iterations that read the answer and return nothing of it.
import http from 'node:http'
import { text } from 'node:stream/consumers'
import axios from 'axios'
import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'
import { request } from 'undici'

/** One in four is missing: an arm of which nothing succeeds would end the run before the others are seen. */
let asked = 0
const next = () => (++asked % 4 === 0 ? '/status/404' : '/bytes/10')

function getByNode(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = http.get(url, (incoming) => text(incoming).then(() => resolve(), reject))
    outgoing.on('error', reject)
  })
}

export default defineScenario({
  question: 'Which client hides an answer of 404?',
  target: { protocol: 'http' },
  workload: { model: 'closed', concurrency: 3 },
  isolation: 'shared',
  baseline: 'fetch',
  variants: {
    fetch:
      ({ target }) =>
      async () => {
        await (await fetch(target.url(next()))).text()
      },
    undici:
      ({ target }) =>
      async () => {
        await (await request(target.url(next()))).body.text()
      },
    nodeHttp:
      ({ target }) =>
      () =>
        getByNode(target.url(next())),
    axios:
      ({ target }) =>
      async () => {
        await axios.get(target.url(next()), { validateStatus: () => true, proxy: false })
      },
    session: ({ target }) => {
      const session = new Session({ baseUrl: target.origin })
      const run = async () => (await session.get(next())).text()
      return { run, close: () => session.close() }
    },
  },
})
