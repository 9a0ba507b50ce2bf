import { describe, expect, it } from 'vitest'
import { classifyFailure } from '../../../src/sample/outcome.ts'

const withCode = (code: string, cause?: unknown) => Object.assign(new Error(`failed: ${code}`, { cause }), { code })

describe('classifyFailure', () => {
  it.each([
    ['refused', withCode('ECONNREFUSED')],
    ['reset', withCode('ECONNRESET')],
    ['reset', withCode('UND_ERR_SOCKET')],
    ['dns', withCode('ENOTFOUND')],
    ['timeout', withCode('UND_ERR_HEADERS_TIMEOUT')],
    ['timeout', Object.assign(new Error('late'), { name: 'BodyTimeout' })],
    ['tls', withCode('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['tls', withCode('CERT_HAS_EXPIRED')],
    ['ports-exhausted', Object.assign(withCode('EADDRNOTAVAIL'), { syscall: 'connect' })],
    ['ports-exhausted', withCode('EMFILE')],
    ['other', Object.assign(withCode('EADDRNOTAVAIL'), { syscall: 'bind' })],
    ['status', Object.assign(new Error('404'), { name: 'StatusError' })],
    ['aborted', Object.assign(new Error('gone'), { name: 'AbortError' })],
    ['other', new Error('what?')],
    ['other', 'a string'],
    ['other', undefined],
  ])('%s', (code, error) => {
    expect(classifyFailure(error).code).toBe(code)
  })

  it('looks through causes and through the parts of an AggregateError', () => {
    expect(classifyFailure(new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') })).code).toBe('refused')
    expect(classifyFailure(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')])).code).toBe(
      'refused',
    )
  })

  it('survives a circle of causes', () => {
    const error = new Error('round') as Error & { cause?: unknown }
    error.cause = error
    expect(classifyFailure(error)).toEqual({ code: 'other', message: 'round' })
  })
})

const refuse = () => {
  throw new Error('no')
}
const hostile = new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse })

describe('what is told of a failure', () => {
  it.each([
    ['an object without a prototype', Object.create(null)],
    [
      'an object that throws when it is turned into text',
      {
        toString: () => {
          throw new Error('no')
        },
      },
    ],
    ['a message that is such an object', { message: Object.create(null) }],
    ['a symbol', Symbol('x')],
    ['nothing', undefined],
    ['a Proxy that answers no question', hostile],
    ['an error whose cause is one', new Error('x', { cause: hostile })],
    ['an error whose code cannot be read', Object.defineProperty(new Error('x'), 'code', { get: refuse })],
    ['an error whose message cannot be read', Object.defineProperty(new Error('x'), 'message', { get: refuse })],
  ])('is something, whatever is thrown: %s', (_, thrown) => {
    const { code, message } = classifyFailure(thrown)
    expect(code).toBe('other')
    expect(message).toEqual(expect.any(String))
  })

  it('names the URL without what may be secret in it, and bounds its length', () => {
    const at = (url: unknown) => classifyFailure(Object.assign(new Error('x'), { request: { url } })).url
    expect(at('http://user:secret@h:81/a/b?token=1#c')).toBe('http://h:81/a/b?…')
    expect(at(new URL('https://h/'))).toBe('https://h/')
    expect(at('/relative')).toBeUndefined()
    expect(at(`http://h/${'x'.repeat(999)}`)?.length).toBe(201)
  })

  it('bounds the message', () => {
    expect(classifyFailure(new Error('x'.repeat(9_999))).message.length).toBe(501)
  })
})
