import { once } from 'node:events'
import http from 'node:http'
import { connect } from 'node:http2'
import { Worker } from 'node:worker_threads'
import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

// Ways that lead elsewhere than to the target: the environment says where that is, and which of them is taken.
const { ELSEWHERE: elsewhere = '', WAY: way } = process.env

const nodeGet = (url: string) =>
  new Promise((resolve, reject) => {
    http.get(url, (response) => response.on('end', resolve).resume()).on('error', reject)
  })

/** Sends each request from a thread of its own. */
const openThread = () => {
  const source = `const { parentPort } = require('node:worker_threads')
    const ask = async (url) => (await fetch(url)).text()
    parentPort.on('message', (url) => ask(url).then(() => parentPort.postMessage(true), () => parentPort.postMessage(false)))`
  const thread = new Worker(source, { eval: true })
  return {
    get: async (url: string) => {
      thread.postMessage(url)
      const [isWell] = await once(thread, 'message')
      if (!isWell) throw new Error('the thread could not go there')
    },
    close: () => thread.terminate(),
  }
}

if (way === 'at import') await fetch(`${elsewhere}/at-import`).catch(() => {})

export default defineScenario({
  question: 'Where does the load go?',
  workload: { model: 'closed', concurrency: way === 'by a thread' ? 1 : 4 },
  baseline: 'client',
  isolation: 'shared',
  variants: {
    client: ({ target }) => {
      if (way === 'by a thread') {
        const thread = openThread()
        return { run: () => thread.get(`${elsewhere}/x`), close: thread.close }
      }
      // What these say is heard by nobody, and ends the process.
      if (way === 'node:http2 that nobody listens to') connect(elsewhere)
      if (way === 'a promise that nobody awaits') void fetch(`${elsewhere}/x`)
      if (way === 'a thread that nobody listens to')
        new Worker(`require('node:http2').connect('${elsewhere}')`, { eval: true })
      const session = new Session({ baseUrl: target.origin })
      const run = async (signal: AbortSignal) => {
        if (way === 'a redirect')
          return session.get(`/redirect-to?url=${encodeURIComponent(`${elsewhere}/x`)}`, { signal })
        if (way === 'a redirect of the target') return session.get('/leads/elsewhere', { signal })
        if (way === 'its own URL') return fetch(`${elsewhere}/x`, { signal })
        if (way === 'its own URL by node:http') return nodeGet(`${elsewhere}/x`)
        return session.get('/get', { signal })
      }
      return { run, close: () => session.close() }
    },
  },
})
