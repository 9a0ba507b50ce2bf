import type { lookup } from 'node:dns'
import { Agent } from 'node:http'
import { type PrepareRequestFunctionOpts, type PrepareRequestFunctionResult, RequestError, Server } from 'proxy-chain'
import { listen } from '../listen.ts'
import { isOwnTarget, ownLookup, type ProxyOptions, type RunningProxy } from './proxy.ts'
import { ProxyLedger } from './proxy-ledger.ts'

/** Opens an HTTP forward proxy: absolute-form requests and CONNECT tunnels, to this server's own listeners only. */
export async function openForwardProxy(options: ProxyOptions): Promise<RunningProxy> {
  const ledger = new ProxyLedger()
  const httpAgent = makeCountedAgent(ledger)
  const dnsLookup = ownLookup(options.host) as typeof lookup
  const proxy = new Server({
    authRealm: 'sessionbench',
    prepareRequestFunction: (asked): PrepareRequestFunctionResult => {
      if (!hasCredentials(options, asked)) {
        ledger.count('refusedCredentials')
        return { requestAuthentication: true }
      }
      if (!isOwnTarget(options, { host: asked.hostname, port: asked.port })) {
        ledger.count('refusedTargets')
        throw new RequestError('this proxy leads only to the fixture server itself', 403)
      }
      if (asked.isHttp) {
        ledger.count('requestsForwarded')
      } else {
        ledger.count('tunnels')
        ledger.count('connectionsMade')
      }
      return { httpAgent, dnsLookup }
    },
  })
  proxy.on('requestFailed', () => ledger.count('failed'))
  proxy.server.on('connection', (socket) => ledger.accept(socket))
  const port = await listen(proxy.server, options)
  const close = async () => {
    await proxy.close(true)
    httpAgent.destroy()
  }
  return { port, ledger, close }
}

// What forwarded requests go over: connections that are kept, whoever asked.
function makeCountedAgent(ledger: ProxyLedger): Agent {
  const agent = new Agent({ keepAlive: true })
  const open = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) => {
    ledger.count('connectionsMade')
    return open(options, callback)
  }
  return agent
}

function hasCredentials({ credentials }: ProxyOptions, { username, password }: PrepareRequestFunctionOpts): boolean {
  return !credentials || (username === credentials.user && password === credentials.password)
}
