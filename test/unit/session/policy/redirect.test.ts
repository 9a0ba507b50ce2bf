import { describe, expect, it } from 'vitest'
import { readTarget } from '../../../../src/session/head/target.ts'
import { isCrossing, nextMethod, readRedirect, redirectHeaders } from '../../../../src/session/policy/redirect.ts'

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
    'X-Api-Key',
    's',
    'Host',
    'h',
  ]
  const sensitive = new Set(['x-api-key'])
  it.each([
    [{ dropBody: false, crossing: false }, flat],
    [{ dropBody: true, crossing: false }, flat.filter((_, index) => index !== 8 && index !== 9)],
    [{ dropBody: false, crossing: true }, ['A', '1', 'Content-Type', 't']],
    [{ dropBody: true, crossing: true }, ['A', '1']],
  ])('%j', (step, expected) => {
    expect(redirectHeaders(flat, step, sensitive)).toEqual(expected)
  })
})
