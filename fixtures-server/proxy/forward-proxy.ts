import { Agent, type IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import { type PrepareRequestFunctionOpts, type PrepareRequestFunctionResult, RequestError, Server } from 'proxy-chain'
import { type Bound, listen } from '../listen.ts'
import { ownTarget, type ProxyOptions, type RunningProxy } from './proxy.ts'
import { ProxyLedger } from './proxy-ledger.ts'

/** Opens an HTTP forward proxy: absolute-form requests and CONNECT tunnels, to this server's own listeners only. */
export async function openForwardProxy(options: ProxyOptions): Promise<RunningProxy> {
  const ledger = new ProxyLedger()
  const httpAgent = makeCountedAgent(ledger)
  const proxy = new Server({
    authRealm: 'sessionbench',
    prepareRequestFunction: (asked): PrepareRequestFunctionResult => {
      if (!hasCredentials(options, asked)) {
        ledger.count('refusedCredentials')
        return { requestAuthentication: true }
      }
      const target = ownTarget(options, { address: asked.hostname, port: asked.port })
      if (!target) {
        ledger.count('refusedTargets')
        throw new RequestError('this proxy leads only to the fixture server itself', 403)
      }
      leadTo(target, asked)
      if (asked.isHttp) {
        ledger.count('requestsForwarded')
      } else {
        ledger.count('tunnels')
        ledger.count('connectionsMade')
      }
      return { httpAgent }
    },
  })
  proxy.on('requestFailed', () => ledger.count('failed'))
  proxy.server.on('connection', (socket) => ledger.accept(socket))
  const { port } = await listen(proxy.server, options)
  const close = async () => {
    await proxy.close(true)
    httpAgent.destroy()
  }
  return { port, ledger, close }
}

// proxy-chain connects to wherever the request line leads; Host stays what the client wrote.
function leadTo({ address, port }: Bound, { request, isHttp }: { request: IncomingMessage; isHttp: boolean }): void {
  const host = `${isIPv6(address) ? `[${address}]` : address}:${port}`
  if (!isHttp) request.url = host
  else request.url = Object.assign(new URL(request.url as string), { host }).href
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
