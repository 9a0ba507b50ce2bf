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
    ['ports-exhausted', withCode('EADDRNOTAVAIL')],
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
