import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is asked of one URL. */
export interface UrlLoad {
  readonly url: URL
  readonly method: string
  readonly body: string | undefined
  /** Requests under way at a time. */
  readonly concurrency: number
  readonly client: 'raw' | 'session'
}

/** A scenario of one URL, as a file that every process of an arm can load; it is gone when this is disposed of. */
export async function openUrlScenario(load: UrlLoad): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'sessionbench-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'url.mjs')
  try {
    await writeFile(path, load.client === 'raw' ? rawModule(load) : sessionModule(load), { mode: 0o600 })
  } catch (error) {
    await remove()
    throw error
  }
  return { path, [Symbol.asyncDispose]: remove }
}

function rawModule({ url, method, body, concurrency }: UrlLoad): string {
  const request = { path: pathOf(url), method, ...(body !== undefined && { body }), connections: concurrency }
  return `const request = ${JSON.stringify(request)}
export default {
  engine: 'raw',
  question: ${question(url, method)},
  isolation: 'shared',
  primaryMetric: 'latency.p50',
  baseline: 'stateless',
  variants: {
    stateless: () => ({ ...request, connectionPer: 'request' }),
    kept: () => request,
  },
}
`
}

function sessionModule({ url, method, body, concurrency }: UrlLoad): string {
  return `import { request, Session } from 'sessionbench/session'
const [method, path, options] = ${JSON.stringify([method, pathOf(url), body === undefined ? {} : { body }])}
export default {
  question: ${question(url, method)},
  workload: { model: 'closed', concurrency: ${concurrency} },
  isolation: 'shared',
  baseline: 'stateless',
  variants: {
    stateless: ({ target }) => (signal) =>
      request(method, target.url(path), { ...options, ...target.access, signal }),
    kept: ({ target }) => {
      const session = new Session({ baseUrl: target.origin, ...target.access, pool: { connections: ${concurrency} } })
      const run = (signal) => session.request(method, path, { ...options, signal })
      return { run, close: () => session.close() }
    },
  },
}
`
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search
}

function question({ href }: URL, method: string): string {
  return JSON.stringify(`what does a kept connection buy for ${method} ${href}?`)
}
