import { expect, test } from 'vitest'
import { readHead } from '../../../../fixtures-server/lane/read-head.ts'

const head = (...lines: string[]) => readHead(lines.join('\r\n'))

test('a plain request is read completely', () => {
  expect(head('GET /get?a=1 HTTP/1.1', 'Host: a', 'X-One:  1\t', 'x-two:')).toEqual({
    method: 'GET',
    target: '/get?a=1',
    version: '1.1',
    rawHeaders: ['Host', 'a', 'X-One', '1', 'x-two', ''],
    framing: { kind: 'none' },
    keepsAlive: true,
  })
})

test.each([
  [['POST /x HTTP/1.1', 'Host: a', 'Content-Length: 12'], { kind: 'length', bytes: 12 }],
  [['POST /x HTTP/1.1', 'Host: a', 'Transfer-Encoding: Chunked'], { kind: 'chunked' }],
])('framing of %j', (lines, framing) => {
  expect(head(...lines)?.framing).toEqual(framing)
})

test.each([
  [['GET / HTTP/1.1', 'Host: a'], true],
  [['GET / HTTP/1.1', 'Host: a', 'Connection: close'], false],
  [['GET / HTTP/1.1', 'Host: a', 'Connection: Keep-Alive'], true],
  [['GET / HTTP/1.0'], false],
  [['GET / HTTP/1.0', 'Connection: keep-alive'], true],
])('%j keeps alive: %s', (lines, keepsAlive) => {
  expect(head(...lines)?.keepsAlive).toBe(keepsAlive)
})

test.each([
  ['another method', 'PUT / HTTP/1.1', 'Host: a'],
  ['an absolute target', 'GET http://a/ HTTP/1.1', 'Host: a'],
  ['another version', 'GET / HTTP/2.0', 'Host: a'],
  ['no host', 'GET / HTTP/1.1'],
  ['two hosts', 'GET / HTTP/1.1', 'Host: a', 'host: a'],
  ['length and chunks', 'GET / HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Transfer-Encoding: chunked'],
  ['two equal lengths', 'GET / HTTP/1.1', 'Host: a', 'Content-Length: 1', 'Content-Length: 1'],
  ['a length that is no number', 'GET / HTTP/1.1', 'Host: a', 'Content-Length: 1e3'],
  ['a huge length', 'GET / HTTP/1.1', 'Host: a', `Content-Length: ${'9'.repeat(16)}`],
  ['another encoding', 'GET / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked'],
  ['chunks in HTTP/1.0', 'POST / HTTP/1.0', 'Transfer-Encoding: chunked'],
  ['other connection options', 'GET / HTTP/1.1', 'Host: a', 'Connection: keep-alive, X-A'],
  ['an expectation', 'GET / HTTP/1.1', 'Host: a', 'Expect: 100-continue'],
  ['an id for the log', 'GET / HTTP/1.1', 'Host: a', 'X-Request-Id: 1'],
  ['a folded field', 'GET / HTTP/1.1', 'Host: a', 'X: 1', ' 2'],
  ['a space before the colon', 'GET / HTTP/1.1', 'Host : a'],
  ['a bare LF in a value', 'GET / HTTP/1.1', 'Host: a', 'X: 1\nY: 2'],
  ['bytes above ASCII in a value', 'GET / HTTP/1.1', 'Host: a', 'X: \xe9'],
  ['more fields than anybody needs', 'GET / HTTP/1.1', 'Host: a', ...Array<string>(101).fill('X: 1')],
])('%s is not for the lane', (_name, ...lines) => {
  expect(head(...lines)).toBeUndefined()
})
