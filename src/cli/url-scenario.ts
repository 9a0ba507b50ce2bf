import { rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../bench-error.ts'
import { messageOf } from '../session/thrown.ts'

/** What is asked of one URL. */
export interface UrlLoad {
  readonly url: URL
  readonly method: string
  readonly body: Buffer | undefined
  /** Kept ones; in a closed loop each has one request under way. */
  readonly connections: number
  readonly client: 'raw' | 'session'
}

/** A scenario of one URL, as a file that every process of an arm can load; it is gone when this is disposed of, or the process ends. */
export async function openUrlScenario(load: UrlLoad): Promise<{ readonly path: string } & Disposable> {
  const folder = await mkdtemp(join(tmpdir(), 'sessionbench-')).catch((error: unknown) => {
    throw new UsageError(`expected a folder for temporary files that can be written (TMPDIR): ${messageOf(error)}`)
  })
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const path = join(folder, 'url.mjs')
  await writeFile(path, load.client === 'raw' ? rawModule(load) : sessionModule(load), { mode: 0o600 })
  return {
    path,
    [Symbol.dispose]() {
      process.removeListener('exit', remove)
      remove()
    },
  }
}

function rawModule({ url, method, body, connections }: UrlLoad): string {
  return `const request = ${JSON.stringify({ path: pathOf(url), method, connections })}
const body = ${bodyOf(body)}
const load = body === undefined ? request : { ...request, body }
export default {
  engine: 'raw',
  question: ${question(url, method)},
  isolation: 'shared',
  primaryMetric: 'latency.p50',
  baseline: 'stateless',
  variants: {
    stateless: () => ({ ...load, connectionPer: 'request' }),
    kept: () => load,
  },
}
`
}

function sessionModule({ url, method, body, connections }: UrlLoad): string {
  return `import { request, Session } from 'sessionbench/session'
const [method, path, connections] = ${JSON.stringify([method, pathOf(url), connections])}
const body = ${bodyOf(body)}
const options = body === undefined ? {} : { body }
export default {
  question: ${question(url, method)},
  workload: { model: 'closed', concurrency: connections },
  isolation: 'shared',
  baseline: 'stateless',
  variants: {
    stateless: ({ target }) => (signal) =>
      request(method, target.url(path), { ...options, ...target.access, signal }),
    kept: ({ target }) => {
      const session = new Session({ ...target.access, pool: { connections } })
      const run = (signal) => session.request(method, target.url(path), { ...options, signal })
      return { run, close: () => session.close() }
    },
  },
}
`
}

function bodyOf(body: Buffer | undefined): string {
  return body === undefined ? 'undefined' : `Buffer.from('${body.toString('base64')}', 'base64')`
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search
}

function question({ href }: URL, method: string): string {
  return JSON.stringify(`what does a kept connection buy for ${method} ${href}?`)
}
