import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http'
import { readBody } from './application/read-body.ts'
import { refusalAtDoor } from './control-door.ts'
import type { FaultPlan } from './faults.ts'
import { FixtureError } from './fixture-error.ts'
import type { FixtureServer } from './fixture-server.ts'
import type { LedgerReply } from './ledger-snapshot.ts'
import { listen } from './listen.ts'
import { checkingIntervalMs, type ResolvedFixtureOptions } from './options.ts'

/** The control port. */
export interface Control {
  readonly port: number
  close(): Promise<void>
}

interface ControlReply {
  readonly status: number
  /** JSON, or with `type` text of that type. */
  readonly body: unknown
  readonly type?: string
  /** Done once the reply is on its way. */
  readonly after?: () => void
}

type Action = (
  server: FixtureServer,
  request: { readonly body: unknown; readonly id: string },
) => Promise<ControlReply> | ControlReply

interface ControlAddress {
  readonly host: string
  readonly port: number
  readonly options: ResolvedFixtureOptions
}

const maxBodyBytes = 64 * 1024

// A map: a request line is a name from the network, and an object has more names than its own.
const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries<Action>({
    'GET /health': () => ({ status: 200, body: { status: 'ok' } }),
    'GET /ledger': async (server) => {
      await server.settle()
      return { status: 200, body: { ...server.ledger(), activity: server.activity() } satisfies LedgerReply }
    },
    'POST /ledger/reset': async (server) => {
      await server.settle()
      server.resetLedger()
      return { status: 200, body: { status: 'reset' } }
    },
    'GET /ledger/requests': async (server) => {
      await server.settle()
      return { status: 200, body: server.requestLog() }
    },
    'GET /attempts': (server) => ({ status: 200, body: server.attempts() }),
    'GET /faults': (server) => ({ status: 200, body: server.faults ?? {} }),
    'POST /faults': (server, { body }) => {
      server.setFaults(body as FaultPlan)
      return { status: 200, body: server.faults }
    },
    'DELETE /faults': (server) => {
      server.setFaults()
      return { status: 200, body: {} }
    },
    'POST /links': async (server, { body }) => {
      const { id, url } = await server.openLink(body as Parameters<FixtureServer['openLink']>[0])
      return { status: 201, body: { id, url } }
    },
    'GET /links/{id}/lateness': async (server, { id }) => {
      const lateness = await server.linkLateness(linkId(id))
      return lateness ? { status: 200, body: lateness } : noLink(id)
    },
    'PATCH /links/{id}': async (server, { id, body }) => {
      const { rttMs } = Object(body) as { rttMs: number }
      const known = await server.setLinkRtt(linkId(id), rttMs)
      return known ? { status: 200, body: { rttMs } } : noLink(id)
    },
    'DELETE /links/{id}': async (server, { id }) => {
      const known = await server.closeLink(linkId(id))
      return known ? { status: 200, body: { status: 'closed' } } : noLink(id)
    },
    'GET /ca.pem': (server) => ({ status: 200, body: server.ca, type: 'application/x-pem-file' }),
    'GET /client.pem': ({ clientCredentials: { cert, key } }) => ({
      status: 200,
      body: `${cert}\n${key}`,
      type: 'application/x-pem-file',
    }),
    'POST /shutdown': (server) => ({ status: 200, body: { status: 'closing' }, after: () => void server.close() }),
  }),
)

/** Opens the control port: JSON over HTTP, apart from the load and not in the ledger. */
export async function openControl(server: FixtureServer, { options, ...address }: ControlAddress): Promise<Control> {
  const { controlToken: token } = options
  const control = createServer(
    { keepAliveTimeout: 75_000, ...limitsOf(options) },
    (request, response) => void serve(server, { request, response, token }),
  )
  const { port } = await listen(control, address)
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        control.close(() => resolve())
        control.closeIdleConnections()
        // Whoever asked for the shutdown has its reply by then; nobody else is owed one.
        setTimeout(() => control.closeAllConnections(), 250).unref()
      }),
  }
}

// What control is asked fits into a packet or two: a head or a body that drips gets no allowance.
function limitsOf({ headTimeoutMs, bodyTimeoutMs }: ResolvedFixtureOptions): ServerOptions {
  const headersTimeout = Math.min(headTimeoutMs, bodyTimeoutMs)
  const connectionsCheckingInterval = checkingIntervalMs(headersTimeout)
  return { headersTimeout, requestTimeout: bodyTimeoutMs, connectionsCheckingInterval }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly token: string | undefined
}

async function serve(server: FixtureServer, { request, response, token }: Exchange): Promise<void> {
  const refused = refusalAtDoor(request, token)
  const reply = refused
    ? problem(refused.status, refused.reason)
    : await answer(server, request).catch((error: Error) => problemFor(error))
  if (response.destroyed) return
  const text = reply.type ? String(reply.body) : `${JSON.stringify(reply.body)}\n`
  const headers = { 'Content-Type': reply.type ?? 'application/json', 'Content-Length': Buffer.byteLength(text) }
  response.writeHead(reply.status, reply.after ? { ...headers, Connection: 'close' } : headers)
  response.end(text, reply.after)
}

async function answer(server: FixtureServer, request: IncomingMessage): Promise<ControlReply> {
  const path = (request.url as string).split('?')[0] as string
  const [, id, of = ''] = /^\/links\/([^/]+)(\/lateness)?$/.exec(path) ?? []
  const template = id === undefined ? path : `/links/{id}${of}`
  const action = actions.get(`${request.method} ${template}`)
  if (!action) return unknownAction(request.method as string, template)
  const bytes = await readBody(request, maxBodyBytes)
  if (!bytes) return problem(413, `the body is larger than ${maxBodyBytes} bytes`)
  const body = bytes.length > 0 ? readJson(bytes) : {}
  return action(server, { body, id: id ?? '' })
}

// No link has the number 0.
function linkId(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : 0
}

function noLink(id: string): ControlReply {
  return problem(404, `there is no link ${id}`)
}

function unknownAction(method: string, template: string): ControlReply {
  const methods = [...actions.keys()].filter((name) => name.endsWith(` ${template}`))
  if (methods.length > 0) return problem(405, `${method} is not allowed on ${template}`)
  return problem(404, `unknown; there are ${[...actions.keys()].join(', ')}`)
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw new FixtureError('bad-option', `The body is not JSON: ${(cause as Error).message}`, { cause })
  }
}

function problemFor(error: Error): ControlReply {
  const usage = error instanceof FixtureError && error.code === 'bad-option'
  return problem(usage ? 400 : 500, error.message)
}

function problem(status: number, error: string): ControlReply {
  return { status, body: { status, error } }
}
