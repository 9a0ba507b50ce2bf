import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LedgerSnapshot, ListenerCounts } from '../../fixtures-server/ledger-snapshot.ts'
import { BenchError } from '../bench-error.ts'
import type { Protocol } from '../scenario/define.ts'
import { keepStderrTail } from '../stderr-tail.ts'

/** The fixture server did not start, stopped, or did not answer. */
export class FixtureFailure extends BenchError {
  override readonly name = 'FixtureFailure'

  constructor(message: string, options?: ErrorOptions) {
    super('FIXTURE_FAILED', message, options)
  }
}

/** The bundled fixture server in a process of its own. */
export interface FixtureProcess extends AsyncDisposable {
  /** The certificate authority that its TLS listeners are signed by, PEM. */
  readonly ca: string
  /** Scheme, host and port of a listener, behind a link that adds `rttMs` when that is more than 0. */
  openListener(protocol: Protocol, rttMs: number): Promise<string>
  /** What the listener has counted since it started, exact when its connections are quiet. */
  readLedger(protocol: Protocol): Promise<ListenerCounts>
  /** Whether the process is still there. */
  isAlive(): boolean
}

interface Ready {
  readonly kind: 'ready'
  readonly urls: { readonly http: string; readonly https: string; readonly control: string }
  readonly ca: string
}

const entry = fileURLToPath(
  new URL(`../../fixtures-server/main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
)
const startTimeoutMs = 15_000

/** Starts the fixture server; rejects with FixtureFailure when it does not come up. */
export async function openFixtureProcess(): Promise<FixtureProcess> {
  const child = fork(entry, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    detached: true,
  })
  const stderrTail = keepStderrTail(child)
  const { urls, ca } = await whenReady(child, stderrTail)
  const isAlive = () => child.exitCode === null && child.signalCode === null
  const ask = async <Reply>(path: string, init?: RequestInit): Promise<Reply> => {
    try {
      return await askControl(`${urls.control}${path}`, init)
    } catch (cause) {
      const fate = isAlive() ? describe(cause) : `it ended (${child.signalCode ?? `exit code ${child.exitCode}`})`
      throw new FixtureFailure(`the fixture server did not answer ${path}: ${fate}${stderrTail()}`, { cause })
    }
  }
  const links = new Map<string, Promise<string>>()
  return {
    ca,
    openListener(protocol, rttMs) {
      if (rttMs === 0) return Promise.resolve(urls[protocol])
      const key = `${protocol} ${rttMs}`
      const body = JSON.stringify({ listener: protocol, rttMs })
      const headers = { 'content-type': 'application/json' }
      const known =
        links.get(key) ?? ask<{ url: string }>('/links', { method: 'POST', headers, body }).then(({ url }) => url)
      links.set(key, known)
      return known
    },
    readLedger: async (protocol) => (await ask<LedgerSnapshot>('/ledger')).listeners[protocol],
    isAlive,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (!isAlive()) return
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function askControl<Reply>(url: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
  const text = await response.text()
  if (!response.ok) throw new Error(`it answered ${response.status}: ${text}`)
  return JSON.parse(text) as Reply
}

/** What fetch rejects with says little; its cause says what happened. */
function describe(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } }
  return cause?.message ?? message ?? String(error)
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
    child.once('message', (message: Ready | { kind: 'failed'; message: string }) => {
      if (message.kind !== 'ready') return fail(message.message)
      clearTimeout(timer)
      child.removeAllListeners('close')
      resolve(message)
    })
  })
}
