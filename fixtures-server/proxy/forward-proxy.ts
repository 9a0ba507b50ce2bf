import { Agent, type IncomingMessage, type Server } from 'node:http'
import { isIPv6 } from 'node:net'
import {
  type PrepareRequestFunctionOpts,
  type PrepareRequestFunctionResult,
  Server as ProxyServer,
  RequestError,
} from 'proxy-chain'
import { type Bound, listen } from '../listen.ts'
import { checkingIntervalMs } from '../options.ts'
import { ownTarget } from './own-target.ts'
import type { ProxyOptions, RunningProxy } from './proxy.ts'
import { ProxyLedger } from './proxy-ledger.ts'

const refusalHeardMs = 1_000

/** Opens an HTTP forward proxy: absolute-form requests and CONNECT tunnels, to this server's own listeners only. */
export async function openForwardProxy(options: ProxyOptions): Promise<RunningProxy> {
  const ledger = new ProxyLedger()
  const httpAgent = makeCountedAgent(ledger)
  const proxy = new ProxyServer({
    authRealm: 'sessionbench',
    prepareRequestFunction: (asked): PrepareRequestFunctionResult => {
      if (!hasCredentials(options, asked)) {
        ledger.count('refusedCredentials')
        endSoon(asked.request)
        return { requestAuthentication: true }
      }
      const target = ownTarget(options, { address: asked.hostname, port: asked.port })
      if (!target) {
        ledger.count('refusedTargets')
        endSoon(asked.request)
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
  limitTimes(proxy.server as Server, options.headTimeoutMs)
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

// A body that is forwarded has the time that the listener gives it, and then its answer; it is not read any further.
function limitTimes(server: Server, headTimeoutMs: number): void {
  server.headersTimeout = headTimeoutMs
  server.requestTimeout = 0
  Object.assign(server, { connectionsCheckingInterval: checkingIntervalMs(headTimeoutMs) })
  server.on('request', (request, response) => {
    response.once('finish', () => !request.complete && request.socket.destroySoon())
  })
}

// proxy-chain answers what is refused and closes; a client that still sends would keep the connection.
function endSoon({ socket }: IncomingMessage): void {
  const timer = setTimeout(() => socket.destroy(), refusalHeardMs)
  socket.once('close', () => clearTimeout(timer))
}

function hasCredentials({ credentials }: ProxyOptions, { username, password }: PrepareRequestFunctionOpts): boolean {
  return !credentials || (username === credentials.user && password === credentials.password)
}
