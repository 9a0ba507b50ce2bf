import { describe, expect, it } from 'vitest'
import { isLoopback, normalizeHost } from '../../../fixtures-server/is-loopback.ts'

describe('isLoopback', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    '127.0.0.1',
    '127.255.255.254',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '::FFFF:7F12:3456',
  ])('%s is', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each([
    '',
    '[]',
    'example.org',
    'localhost.example.org',
    'xlocalhost',
    'a.localhost',
    '127.0.0.1.example.org',
    '127.example.org',
    '127.0.0.256',
    '1127.0.0.1',
    '127.0.0',
    '128.0.0.1',
    '10.0.0.1',
    '0.0.0.0',
    '::',
    '::2',
    '::ffff:10.0.0.1',
    '[::ffff:127.0.0.1]x',
    '::127.0.0.1',
    'fe80::1%lo',
    '::1%1',
    '[::1]@example.org',
    'user@127.0.0.1',
  ])('%j is not', (host) => {
    expect(isLoopback(host)).toBe(false)
  })

  it.each(['http://127.1/', 'http://0x7f000001', 'http://[::ffff:127.0.0.1]:80', 'http://LocalHost.:80'])(
    'whatever a URL makes of it: %s',
    (url) => {
      expect(isLoopback(new URL(url).hostname)).toBe(true)
    },
  )
})

describe('normalizeHost', () => {
  it.each([
    ['Example.ORG.', 'example.org'],
    ['[2001:DB8:0::1]', '2001:db8::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:ffff:ff', '255.255.0.255'],
    ['10.0.0.1', '10.0.0.1'],
    ['not:an:address', 'not:an:address'],
  ])('%s is %s', (host, normal) => {
    expect(normalizeHost(host)).toBe(normal)
  })
})
