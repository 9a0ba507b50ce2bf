import { describe, expect, it } from 'vitest'
import { ResponseSyntaxError, readResponseHead } from '../../../../src/engine/raw/read-response-head.ts'

const read = (lines: readonly string[], isOfHead = false) => readResponseHead(lines.join('\r\n'), isOfHead)
const ok = 'HTTP/1.1 200 OK'

describe('readResponseHead', () => {
  it.each<[string, readonly string[], number | string]>([
    ['a length', [ok, 'Content-Length: 12'], 12],
    ['no length at all', [ok, 'Content-Length: 0'], 0],
    ['the same length twice', [ok, 'Content-Length: 5', 'content-length: 5'], 5],
    ['the same length in one field', [ok, 'Content-Length: 5, 5'], 5],
    ['chunks', [ok, 'Transfer-Encoding: chunked'], 'chunked'],
    ['chunks of something coded', [ok, 'Transfer-Encoding: gzip, Chunked'], 'chunked'],
    ['a coding that does not say where it ends', [ok, 'Transfer-Encoding: gzip'], 'until closed'],
    ['neither', [ok, 'Server: x'], 'until closed'],
    ['no content', ['HTTP/1.1 204 No Content', 'Content-Length: 5'], 0],
    ['not modified', ['HTTP/1.1 304 Not Modified', 'Content-Length: 5'], 0],
    ['an interim answer', ['HTTP/1.1 103 Early Hints', 'Link: </a>'], 0],
  ])('%s', (_, lines, body) => expect(read(lines).body).toBe(body))

  it('knows no body of an answer to HEAD, whatever it announces', () => {
    expect(read([ok, 'Content-Length: 12'], true)).toEqual({ status: 200, body: 0, isLast: false })
    expect(read([ok, 'Transfer-Encoding: chunked'], true).body).toBe(0)
  })

  it.each<[string, readonly string[], boolean]>([
    ['HTTP/1.1 goes on', [ok, 'Content-Length: 0'], false],
    ['unless it says close', [ok, 'Content-Length: 0', 'Connection: Keep-Alive, Close'], true],
    ['HTTP/1.0 ends', ['HTTP/1.0 200 OK', 'Content-Length: 0'], true],
    ['unless it says keep-alive', ['HTTP/1.0 200 OK', 'Content-Length: 0', 'Connection: keep-alive'], false],
    ['a body until the end is the last', [ok], true],
  ])('%s', (_, lines, isLast) => expect(read(lines).isLast).toBe(isLast))

  it.each<[string, readonly string[], RegExp]>([
    ['nothing', [''], /expected a status line/],
    ['another protocol', ['SSH-2.0-OpenSSH_9'], /expected a status line, got "SSH/],
    ['another version', ['HTTP/2 200'], /status line/],
    ['a status of two digits', ['HTTP/1.1 20 OK'], /status line/],
    ['a field without a colon', [ok, 'oops'], /expected a header field, got "oops"/],
    ['a blank before the colon', [ok, 'Content-Length : 5'], /header field/],
    ['a folded field', [ok, 'A: b', ' c'], /header field/],
    ['a line feed alone', [ok, 'A: b\nContent-Length: 9'], /header field/],
    ['two lengths', [ok, 'Content-Length: 5', 'Content-Length: 6'], /expected one content-length, got "5, 6"/],
    ['a length that is none', [ok, 'Content-Length: 0x5'], /one content-length/],
    ['a length below zero', [ok, 'Content-Length: -5'], /one content-length/],
    ['a length beyond all numbers', [ok, 'Content-Length: 9999999999999999'], /one content-length/],
    ['a length and chunks', [ok, 'Content-Length: 5', 'Transfer-Encoding: chunked'], /either/],
  ])('refuses %s', (_, lines, message) => {
    expect(() => read(lines)).toThrow(ResponseSyntaxError)
    expect(() => read(lines)).toThrow(message)
  })

  it('reads a line of blanks in linear time', () => {
    const beganMs = performance.now()
    expect(read([ok, `A: ${' \t'.repeat(50_000)}x`, 'Content-Length: 1']).body).toBe(1)
    expect(performance.now() - beganMs).toBeLessThan(5_000)
  })
})
