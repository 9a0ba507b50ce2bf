import { expect, it } from 'vitest'
import { readTarget } from '../../../../src/session/head/target.ts'
import { toSessionError } from '../../../../src/session/wire/map-error.ts'
import type { WireRequest } from '../../../../src/session/wire/transport.ts'

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

it.each([
  [{ code: 'ECONNRESET' }, 'CONNECTION_RESET', 'the other end reset the connection'],
  [
    { code: 'ECONNRESET', message: 'Client network socket disconnected before secure TLS connection was established' },
    'CONNECTION_RESET',
    'the other end closed it before it was open',
  ],
  [
    { code: 'ECONNRESET', message: 'closed while connecting' },
    'CONNECTION_RESET',
    'the other end closed it before it was open',
  ],
  [
    { code: 'ECONNREFUSED' },
    'CONNECTION_REFUSED',
    'the connection was refused: check host and port, and that the server runs and takes more',
  ],
  [
    { code: 'EADDRNOTAVAIL' },
    'CONNECTION_FAILED',
    'this machine has no free port left, or no address that leads there: keep connections, or check the host',
  ],
  [
    { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
    'TLS_CLIENT_CERTIFICATE',
    'the server wants another client certificate (pass cert and key)',
  ],
  [
    { code: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE' },
    'TLS_CLIENT_CERTIFICATE',
    'the server wants another client certificate (pass cert and key), or shares no cipher with this client',
  ],
] as const)('names no cause that it cannot tell from another: %j', (fields, code, words) => {
  const { message, ...more } = { message: 'broken', ...fields }
  const request = { method: 'GET', target: readTarget('http://h/'), body: null } as WireRequest
  const point = { stale: false, headersIn: false, sent: false }
  const error = toSessionError(Object.assign(new Error(message), more), request, point)
  expect(error).toMatchObject({ code, message: `GET http://h/: ${words}` })
})
