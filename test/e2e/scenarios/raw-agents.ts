import http from 'node:http'
import { defineScenario, type Target } from 'sessionbench'

/** One GET with node:http, to its end. */
const send = (target: Target, agent: http.Agent) =>
  new Promise<void>((resolve, reject) => {
    const request = http.get(target.url('/get'), { agent }, (response) => {
      response.on('end', resolve).on('error', reject).resume()
    })
    request.on('error', reject)
  })

export default defineScenario({
  question: 'Do clients other than Session count the same?',
  workload: { model: 'closed', concurrency: 4 },
  baseline: 'close',
  isolation: 'shared',
  variants: {
    close: ({ target }) => {
      const agent = new http.Agent({ keepAlive: false })
      return () => send(target, agent)
    },
    keep: ({ target }) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 4 })
      return { run: () => send(target, agent), close: () => agent.destroy() }
    },
  },
})
