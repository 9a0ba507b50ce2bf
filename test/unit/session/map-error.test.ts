import { expect, it } from 'vitest'
import { toSessionError } from '../../../src/session/map-error.ts'
import { readTarget } from '../../../src/session/target.ts'
import type { WireRequest } from '../../../src/session/transport.ts'

it('knows no code that every object has', () => {
  const request = { method: 'GET', target: readTarget('http://h/'), body: null } as WireRequest
  for (const code of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const error = toSessionError(Object.assign(new Error('odd'), { code }), request, {
      stale: false,
      headersIn: false,
      sent: true,
    })
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'CONNECTION_FAILED', message: 'GET http://h/: odd' })
  }
})
