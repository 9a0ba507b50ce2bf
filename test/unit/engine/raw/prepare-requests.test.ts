import { describe, expect, it } from 'vitest'
import { prepareCycle } from '../../../../src/engine/raw/prepare-requests.ts'
import { resolveRawLoad } from '../../../../src/scenario/raw-load.ts'

const origin = 'http://127.0.0.1:8080'

function textsOf(
  value: Parameters<typeof resolveRawLoad>[0],
  count: number,
  rows?: readonly unknown[],
  isLast = false,
) {
  const { requests } = resolveRawLoad(value, 'get')
  const feed = rows && ({ kind: 'rows', rows, order: 'sequential', onEnd: 'repeat' } as const)
  const requestOf = prepareCycle(requests, { origin, isLast, feed, rowOf: (index) => rows?.[index % rows.length] })
  return Array.from({ length: count }, (_, index) => requestOf(index).bytes.toString('latin1'))
}

describe('prepareCycle', () => {
  it('lays a request down as it goes out', () => {
    expect(textsOf({ path: '/a?b=1' }, 1)).toEqual(['GET /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n'])
    expect(textsOf({ path: '/', method: 'POST', body: 'é' }, 1)[0]).toMatch(/\r\nContent-Length: 2\r\n\r\n..$/)
    expect(textsOf({ path: '/', method: 'PUT' }, 1)[0]).toContain('Content-Length: 0')
    expect(textsOf({ path: '/', headers: { host: 'a.b', connection: 'x' } }, 1, undefined, true)[0]).toBe(
      'GET / HTTP/1.1\r\nhost: a.b\r\nconnection: x\r\n\r\n',
    )
    expect(textsOf({ path: '/' }, 1, undefined, true)[0]).toContain('\r\nConnection: close\r\n')
  })

  it('has each request as often as its weight says, spread over the cycle', () => {
    const requests = [
      { path: '/a', weight: 3 },
      { path: '/b', weight: 1 },
      { path: '/c', weight: 2 },
    ] as const
    const paths = textsOf({ requests }, 12).map((text) => text[5])
    expect(paths.join('')).toBe('acabcaacabca')
  })

  it('fills in the fields of a row, encoded where it is a path', () => {
    const rows = [
      { id: 'a/b c', n: 1 },
      { id: 'ü', n: 2 },
    ]
    const texts = textsOf(
      { path: '/items/{{id}}', method: 'POST', headers: { 'x-n': '{{ n }}' }, body: '{"id":"{{id}}"}' },
      3,
      rows,
    )
    expect(texts[0]).toContain('POST /items/a%2Fb%20c HTTP/1.1')
    expect(texts[0]).toContain('x-n: 1\r\n')
    expect(texts[0]).toContain('{"id":"a/b c"}')
    expect(texts[1]).toContain('/items/%C3%BC ')
    expect(texts[2]).toBe(texts[0])
  })

  it.each<[string, readonly unknown[] | undefined, RegExp]>([
    [
      'a field that is not there',
      [{ a: 1, b: 2 }],
      /\{\{id\}\} is no text or number in row 1 of the feed, which has a, b/,
    ],
    ['an object', [{ id: {} }], /no text or number/],
    ['no row at all', [undefined], /which has no fields/],
    ['no feed', undefined, /the scenario no feed/],
  ])('says what is wrong with %s', (_, rows, message) => {
    expect(() => textsOf({ path: '/{{id}}' }, 1, rows)).toThrow(message)
  })

  it('sends no header that a row would make two of', () => {
    expect(() => textsOf({ path: '/', headers: { a: '{{x}}' } }, 1, [{ x: 'b\r\nc: d' }])).toThrow(/row 1 of the feed/)
  })

  it('lays down no more than fits into memory', () => {
    const rows = Array.from({ length: 200_001 }, (_, id) => ({ id }))
    expect(() => textsOf({ path: '/{{id}}' }, 1, rows)).toThrow(
      /at most 200,000 requests that are laid down, got 200,001 rows for 1/,
    )
  })
})

describe('resolveRawLoad', () => {
  it.each<[unknown, RegExp]>([
    [undefined, /\(all of it\)/],
    [{}, /path: expected a path on the target/],
    [{ path: '/a b' }, /path: expected a path/],
    [{ path: '/', method: 'TRACE' }, /method: expected GET, HEAD/],
    [{ path: '/', headers: { 'a b': '1' } }, /headers.a b/],
    [{ path: '/', headers: { a: '1\r\nb: 2' } }, /expected a value that a header can have/],
    [{ path: '/', connections: 0 }, /connections/],
    [{ path: '/', connectionPer: 'request', pipelining: 2 }, /a connection for each request carries one/],
    [{ requests: [] }, /requests/],
    [{ requests: [{ path: '/' }], path: '/' }, /path/],
  ])('refuses %o', (value, message) => {
    expect(() => resolveRawLoad(value as never, 'get')).toThrow(message)
  })
})
