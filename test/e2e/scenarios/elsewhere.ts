import http from 'node:http'
import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

// Ways that lead elsewhere than to the target: the environment says where that is, and which of them is taken.
const { ELSEWHERE: elsewhere = '', WAY: way } = process.env

const nodeGet = (url: string) =>
  new Promise((resolve, reject) => {
    http.get(url, (response) => response.on('end', resolve).resume()).on('error', reject)
  })

if (way === 'at import') await fetch(`${elsewhere}/at-import`).catch(() => {})

export default defineScenario({
  question: 'Where does the load go?',
  workload: { model: 'closed', concurrency: 4 },
  baseline: 'client',
  isolation: 'shared',
  variants: {
    client: ({ target }) => {
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
