import * as session from 'sessionbench/session'
import { expect, it } from 'vitest'

// The list is the promise: a name that comes or goes is a change that users see.
it('exports exactly these names', () => {
  expect(Object.keys(session).sort()).toEqual([
    'Adapter',
    'BodyError',
    'BodyTimeout',
    'ConnectTimeout',
    'ConnectionError',
    'Cookies',
    'HeadersTimeout',
    'HttpHeaders',
    'HttpResponse',
    'InvalidHeader',
    'InvalidOption',
    'InvalidUrl',
    'PoolTimeout',
    'ProxyError',
    'ResponseError',
    'RetryError',
    'SESSION_DEFAULTS',
    'Session',
    'SessionClosed',
    'SessionError',
    'StatusError',
    'TimeoutError',
    'TlsError',
    'TooManyRedirects',
    'TotalTimeout',
    'UsageError',
    'del',
    'delete',
    'digest',
    'get',
    'head',
    'options',
    'patch',
    'post',
    'put',
    'request',
  ])
})

it('gives every error its name, its place in the tree and a code', () => {
  const parents = {
    ConnectionError: 'SessionError',
    TimeoutError: 'SessionError',
    ConnectTimeout: 'TimeoutError',
    HeadersTimeout: 'TimeoutError',
    BodyTimeout: 'TimeoutError',
    PoolTimeout: 'TimeoutError',
    TotalTimeout: 'TimeoutError',
    TlsError: 'SessionError',
    ProxyError: 'SessionError',
    TooManyRedirects: 'ResponseError',
    RetryError: 'ResponseError',
    StatusError: 'ResponseError',
    ResponseError: 'SessionError',
    BodyError: 'SessionError',
    SessionClosed: 'SessionError',
    UsageError: 'SessionError',
    InvalidUrl: 'UsageError',
    InvalidHeader: 'UsageError',
    InvalidOption: 'UsageError',
    SessionError: 'Error',
  }
  const exported = new Map<string, unknown>(Object.entries(session))
  for (const [name, parent] of Object.entries(parents)) {
    const kind = exported.get(name) as { prototype: Error }
    expect([kind.prototype.name, Object.getPrototypeOf(kind.prototype).name]).toEqual([name, parent])
  }
})
