import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { FaultPlan } from '../../fixtures-server/faults.ts'
import type { LedgerReply } from '../../fixtures-server/ledger-snapshot.ts'
import type { Lateness } from '../../fixtures-server/link/lateness.ts'
import type { LinkShape } from '../../fixtures-server/link/link-shape.ts'
import type { controlTokenVariable, FixtureOptions } from '../../fixtures-server/options.ts'
import { keepStderrTail } from '../arm/stderr-tail.ts'
import { BenchError } from '../bench-error.ts'
import type { Protocol } from '../scenario/protocol.ts'
import type { TargetProxies } from '../scenario/target-conditions.ts'
import { messageOf } from '../session/thrown.ts'
import { readingOf, type ServerReading } from './ledger.ts'

/** The fixture server did not start, stopped, or did not answer. */
export class FixtureFailure extends BenchError {
  override readonly name = 'FixtureFailure'

  constructor(message: string, options?: ErrorOptions) {
    super('FIXTURE_FAILED', message, options)
  }
}

/** What the server is started with; all else can be asked of it later. */
export type FixtureSettings = Pick<
  FixtureOptions,
  'idleTimeoutMs' | 'maxRequestsPerConnection' | 'tlsVersion' | 'sessionTickets'
>

/** The bundled fixture server in a process of its own. */
export interface FixtureProcess extends AsyncDisposable {
  /** The certificate authority that its TLS listeners are signed by, PEM. */
  readonly ca: string
  readonly proxies: TargetProxies
  /** A listener, behind a link when there is anything for one to do. */
  openListener(protocol: Protocol, shape: LinkShape): Promise<OpenListener>
  /** Makes requests go wrong as the plan says, from its seed on anew; without a plan all goes well. */
  setFaults(plan: FaultPlan | undefined): Promise<void>
  /** What has been counted since the start, exact when the connections are quiet. */
  readLedger(protocol: Protocol): Promise<ServerReading>
  /** Whether the process is still there. */
  isAlive(): boolean
}

/** Where a listener can be reached. */
interface OpenListener {
  /** Scheme, host and port. */
  readonly origin: string
  readonly link: OpenLink | undefined
}

/** A link in front of a listener. */
export interface OpenLink {
  /** Another distance, from what is sent next on; connections stay. */
  setRttMs(rttMs: number): Promise<void>
  /** How late pieces have come out of it since this was last asked. */
  readLateness(): Promise<Lateness>
}

interface Ready {
  readonly kind: 'ready'
  readonly urls: Readonly<Record<Protocol | 'control' | 'proxy' | 'proxyAuth' | 'socks' | 'socksAuth', string>>
  readonly ca: string
  readonly proxyCredentials: { readonly user: string; readonly password: string }
}

const entry = fileURLToPath(
  new URL(`../../fixtures-server/main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
)
const startTimeoutMs = 15_000
const tokenVariable: typeof controlTokenVariable = 'SESSIONBENCH_CONTROL_TOKEN'

/** Starts the fixture server; rejects with FixtureFailure when it does not come up. */
export async function openFixtureProcess(settings: FixtureSettings): Promise<FixtureProcess> {
  // Only this process may use the control port. Other users can read a process's arguments, not its environment.
  const controlToken = randomBytes(32).toString('base64url')
  const child = fork(entry, [JSON.stringify(settings)], {
    env: { ...process.env, [tokenVariable]: controlToken },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    detached: true,
  })
  const stderrTail = keepStderrTail(child)
  const { urls, ca, proxyCredentials } = await whenReady(child, stderrTail)
  const isAlive = () => child.exitCode === null && child.signalCode === null
  const ask: AskControl = async <Reply>(path: string, init?: ControlInit): Promise<Reply> => {
    try {
      return await askControl(`${urls.control}${path}`, { ...init, controlToken })
    } catch (cause) {
      const fate = isAlive() ? describe(cause) : `it ended (${child.signalCode ?? `exit code ${child.exitCode}`})`
      throw new FixtureFailure(`the fixture server did not answer ${path}: ${fate}${stderrTail()}`, { cause })
    }
  }
  const links = new Map<string, Promise<OpenListener>>()
  return {
    ca,
    proxies: proxiesOf(urls, proxyCredentials),
    openListener(protocol, shape) {
      if (shape.rttMs === 0 && !shape.jitterMs && shape.bytesPerSecond === undefined) {
        return Promise.resolve({ origin: urls[protocol], link: undefined })
      }
      const link = { listener: protocol, ...shape }
      const key = JSON.stringify(link)
      const known = links.get(key) ?? ask<LinkReply>('/links', post(link)).then((reply) => makeListener(reply, ask))
      links.set(key, known)
      return known
    },
    async setFaults(plan) {
      await ask('/faults', plan === undefined ? { method: 'DELETE' } : post(plan))
    },
    async readLedger(protocol) {
      const reply = await ask<LedgerReply>('/ledger')
      return { ...readingOf(reply, protocol), activity: reply.activity }
    },
    isAlive,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (!isAlive()) return
      child.kill('SIGKILL')
      await ended
    },
  }
}

interface LinkReply {
  readonly id: number
  readonly url: string
}

function makeListener({ id, url }: LinkReply, ask: AskControl): OpenListener {
  const link: OpenLink = {
    setRttMs: async (rttMs) => void (await ask(`/links/${id}`, { method: 'PATCH', body: JSON.stringify({ rttMs }) })),
    readLateness: () => ask(`/links/${id}/lateness`),
  }
  return { origin: url, link }
}

function proxiesOf(urls: Ready['urls'], { user, password }: Ready['proxyCredentials']): TargetProxies {
  const withCredentials = (url: string) => url.replace('://', `://${user}:${password}@`)
  return {
    http: urls.proxy,
    httpWithCredentials: withCredentials(urls.proxyAuth),
    socks: urls.socks,
    socksWithCredentials: withCredentials(urls.socksAuth),
  }
}

interface ControlInit {
  readonly method?: 'POST' | 'PATCH' | 'DELETE'
  readonly body?: string
}

type AskControl = <Reply>(path: string, init?: ControlInit) => Promise<Reply>

function post(body: unknown): ControlInit {
  return { method: 'POST', body: JSON.stringify(body) }
}

async function askControl<Reply>(
  url: string,
  { controlToken, ...init }: ControlInit & { readonly controlToken: string },
): Promise<Reply> {
  const headers = { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' }
  const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(10_000) })
  const text = await response.text()
  if (!response.ok) throw new Error(`it answered ${response.status}: ${text}`)
  return JSON.parse(text) as Reply
}

/** What fetch rejects with says little; its cause says what happened. */
function describe(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error)
}

function whenReady(child: ChildProcess, stderrTail: () => string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new FixtureFailure(`the fixture server did not start: ${reason}${stderrTail()}`))
    }
    const timer = setTimeout(() => fail(`not ready after ${startTimeoutMs / 1_000} s`), startTimeoutMs)
    child.once('error', (error) => fail(error.message))
    child.once('close', (code, signalName) => fail(`it ended (${signalName ?? `exit code ${code}`})`))
    // No scenario runs there, but what NODE_OPTIONS preloads does, and may talk to whoever started the process.
    child.on('message', (message: Ready | { kind: 'failed'; message: string } | { kind?: unknown } | null) => {
      if (isFailed(message)) return fail(message.message)
      if (!isReady(message)) return
      clearTimeout(timer)
      child.removeAllListeners('close')
      resolve(message)
    })
  })
}

function isFailed(message: { kind?: unknown } | null): message is { kind: 'failed'; message: string } {
  return message?.kind === 'failed' && 'message' in message
}

function isReady(message: { kind?: unknown } | null): message is Ready {
  return message?.kind === 'ready' && 'urls' in message && 'ca' in message && 'proxyCredentials' in message
}
