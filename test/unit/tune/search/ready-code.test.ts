import { describe, expect, it } from 'vitest'
import { makeSnippets } from '../../../../src/tune/search/ready-code.ts'

const origin = 'https://api.example'

function snippetOf(client: string, settings: Parameters<typeof makeSnippets>[0]) {
  return makeSnippets(settings).find((snippet) => snippet.client === client)
}

describe('makeSnippets', () => {
  const all = { origin, connections: 8, pipelining: 4, keepAliveTimeoutMs: 2_500, retries: 2 }

  it.each([
    ['sessionbench Session', 'pool: { connections: 8, pipelining: 4, keepAliveTimeoutMs: 2500 }, retry: 2', []],
    [
      'undici',
      'new RetryAgent(new Agent({ connections: 8, pipelining: 4, keepAliveTimeout: 2500 }), { maxRetries: 2 })',
      [],
    ],
    [
      'node:https',
      'keepAlive: true, maxSockets: 8, maxFreeSockets: 8, timeout: 2500',
      ['has no pipelining', 'does not try again by itself'],
    ],
    [
      'requests',
      'HTTPAdapter(pool_maxsize=8, pool_block=True, max_retries=2)',
      ['has no pipelining', 'has no limit on how long an idle connection is kept'],
    ],
    [
      'httpx',
      'httpx.HTTPTransport(retries=2, limits=httpx.Limits(max_connections=8, max_keepalive_connections=8, keepalive_expiry=2.5))',
      ['has no pipelining', 'retries only a connection that could not be opened'],
    ],
    [
      'aiohttp',
      'aiohttp.TCPConnector(limit=8, limit_per_host=8, keepalive_timeout=2.5)',
      ['has no pipelining', 'does not try again by itself'],
    ],
  ])('%s', (client, code, limits) => {
    const snippet = snippetOf(client, all)
    expect(snippet?.code).toContain(code)
    expect(snippet?.limits).toEqual(limits)
  })

  it('leaves out what was not varied', () => {
    const codes = makeSnippets({ origin: 'http://127.0.0.1:8080', connections: 3, pipelining: 1 }).map(
      ({ code }) => code,
    )
    expect(codes.join('\n')).not.toMatch(/retr|keepAliveTimeout|undefined/)
    expect(codes[2]).toContain("from 'node:http'")
    expect(snippetOf('httpx', { origin, connections: 3 })?.code).toContain('limits=httpx.Limits(max_connections=3')
  })
})
