import { describe, expect, it } from 'vitest'
import { readTarget } from '../../../../src/session/head/target.ts'
import {
  isCrossing,
  nextMethod,
  readRedirect,
  redirectBody,
  redirectHeaders,
} from '../../../../src/session/policy/redirect.ts'

describe('nextMethod', () => {
  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [302, 'PATCH', 'PATCH'],
    [303, 'PUT', 'GET'],
    [303, 'DELETE', 'GET'],
    [301, 'HEAD', 'HEAD'],
    [303, 'HEAD', 'HEAD'],
    [302, 'GET', 'GET'],
    [307, 'GET', 'GET'],
  ])('%i turns %s into %s', (status, method, expected) => {
    expect(nextMethod(status, method)).toBe(expected)
  })
})

describe('isCrossing', () => {
  it.each([
    ['http://h/', 'http://h/x', false],
    ['http://h/', 'https://h/', false],
    ['https://h/', 'http://h/', true],
    ['http://h:8080/', 'https://h/', true],
    ['http://h/', 'https://h:8443/', true],
    ['http://h/', 'https://i/', true],
    ['https://h/', 'https://sub.h/', true],
    ['https://h/', 'https://h:444/', true],
  ])('%s → %s: %s', (from, to, expected) => {
    expect(isCrossing(readTarget(from), readTarget(to))).toBe(expected)
  })
})

describe('readRedirect', () => {
  const from = { method: 'POST', target: readTarget('http://h/a') }
  it('follows 301, 302, 303, 307 and 308 with a Location, and nothing else', () => {
    for (const status of [301, 302, 303, 307, 308])
      expect(readRedirect(status, '/b', from)?.target.href).toBe('http://h/b')
    for (const status of [300, 304, 305, 306, 309, 200, 201]) expect(readRedirect(status, '/b', from)).toBeUndefined()
    expect(readRedirect(302, undefined, from)).toBeUndefined()
    expect(readRedirect(302, '', from)).toBeUndefined()
  })

  it('drops the body with the method, and says where the other side of a crossing begins', () => {
    expect(readRedirect(303, '/b', from)).toMatchObject({ method: 'GET', dropBody: true, crossing: false })
    expect(readRedirect(307, 'http://i/b', from)).toMatchObject({ method: 'POST', dropBody: false, crossing: true })
    const get = { ...from, method: 'GET' }
    expect(readRedirect(303, '/b', get)).toMatchObject({ method: 'GET', dropBody: false })
  })
})

describe('redirectHeaders', () => {
  const flat = [
    'A',
    '1',
    'authorization',
    's',
    'COOKIE',
    's',
    'Proxy-Authorization',
    's',
    'Content-Type',
    't',
    'Transfer-Encoding',
    'chunked',
    'X-Api-Key',
    's',
    'Host',
    'h',
  ]
  const sensitive = new Set(['x-api-key'])
  it.each([
    [{ dropBody: false, crossing: false }, flat],
    [{ dropBody: true, crossing: false }, flat.filter((_, index) => index < 8 || index > 11)],
    [{ dropBody: false, crossing: true }, ['A', '1', 'Content-Type', 't', 'Transfer-Encoding', 'chunked']],
    [{ dropBody: true, crossing: true }, ['A', '1']],
  ])('%j', (step, expected) => {
    expect(redirectHeaders(flat, step, sensitive)).toEqual(expected)
  })
})

it('a body goes on where it is needed and can be sent twice', () => {
  const step = { method: 'POST', target: readTarget('http://h/'), crossing: false }
  const [none, once, often] = [{ replayable: true }, { replayable: false }, { replayable: true }] as never[]
  expect(redirectBody(once as never, { ...step, dropBody: true }, none as never)).toBe(none)
  expect(redirectBody(often as never, { ...step, dropBody: false }, none as never)).toBe(often)
  expect(redirectBody(once as never, { ...step, dropBody: false }, none as never)).toBeUndefined()
})
