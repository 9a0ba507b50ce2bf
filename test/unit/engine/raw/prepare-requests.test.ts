import { describe, expect, it } from 'vitest'
import { prepareCycle } from '../../../../src/engine/raw/prepare-requests.ts'
import { resolveRawLoad } from '../../../../src/scenario/raw-load.ts'

const origin = 'http://127.0.0.1:8080'

function textsOf(
  value: Parameters<typeof resolveRawLoad>[0],
  count: number,
  rows?: readonly unknown[],
  { isLast = false, processes = 1, own = 0 } = {},
) {
  const { requests } = resolveRawLoad(value, 'get')
  const feed = rows && ({ kind: 'rows', rows, order: 'sequential', onEnd: 'repeat' } as const)
  const rowOf = (index: number) => rows?.[index % rows.length]
  const requestOf = prepareCycle(requests, { origin, isLast, headers: {}, feed, rowOf, processes })
  return Array.from({ length: count }, (_, index) => requestOf(index * processes + own).bytes.toString('latin1'))
}

describe('prepareCycle', () => {
  it('lays a request down as it goes out', () => {
    expect(textsOf({ path: '/a?b=1' }, 1)).toEqual(['GET /a?b=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n'])
    expect(textsOf({ path: '/', method: 'POST', body: 'é' }, 1)[0]).toMatch(/\r\nContent-Length: 2\r\n\r\n..$/)
    expect(textsOf({ path: '/', method: 'PUT' }, 1)[0]).toContain('Content-Length: 0')
    expect(textsOf({ path: '/', headers: { host: 'a.b', connection: 'x' } }, 1, undefined, { isLast: true })[0]).toBe(
      'GET / HTTP/1.1\r\nhost: a.b\r\nconnection: x\r\n\r\n',
    )
    expect(textsOf({ path: '/' }, 1, undefined, { isLast: true })[0]).toContain('\r\nConnection: close\r\n')
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
  ])('says what is wrong with %s', (_, rows, message) => {
    expect(() => textsOf({ path: '/{{id}}' }, 1, rows)).toThrow(message)
  })

  it('sends no header that a row would make two of', () => {
    expect(() => textsOf({ path: '/', headers: { a: '{{x}}' } }, 1, [{ x: 'b\r\nc: d' }])).toThrow(/row 1 of the feed/)
  })

  it('takes braces for text where there is no feed', () => {
    expect(textsOf({ path: '/{{id}}', body: '{{x}}', method: 'POST' }, 1)[0]).toMatch(
      /^POST \/\{\{id\}\} [\s\S]*\{\{x\}\}$/,
    )
  })

  it('goes through the cycle in each process, with a row for each round of it', () => {
    const requests = [{ path: '/a/{{id}}' }, { path: '/b/{{id}}' }] as const
    const rows = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]
    const pathsOf = (processes: number, own: number) =>
      textsOf({ requests }, 4, rows, { processes, own }).map((text) => text.split(' ')[1])
    expect(pathsOf(1, 0)).toEqual(['/a/1', '/b/1', '/a/2', '/b/2'])
    expect(pathsOf(2, 0)).toEqual(['/a/1', '/b/1', '/a/3', '/b/3'])
    expect(pathsOf(2, 1)).toEqual(['/a/2', '/b/2', '/a/4', '/b/4'])
  })

  it('lays down no more than fits into memory', () => {
    const rows = Array.from({ length: 300 }, (_, id) => ({ id }))
    const body = `{{id}}${'x'.repeat(1_000_000)}`
    expect(() => textsOf({ path: '/', method: 'POST', body }, 1, rows)).toThrow(
      /at most 268,435,456 bytes for all rows of the feed, got more by row 269 of 300/,
    )
    // What no row changes is laid down once.
    expect(textsOf({ path: '/', method: 'POST', body: body.slice(6) }, 2, rows)).toHaveLength(2)
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
