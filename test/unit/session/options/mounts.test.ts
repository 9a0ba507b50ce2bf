import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidOption } from '../../../../src/session/errors.ts'
import { readTarget } from '../../../../src/session/head/target.ts'
import { Adapter, Mounts } from '../../../../src/session/options/adapter.ts'

const adapter = new Adapter()
const reaches = (prefix: string, url: string) => {
  const mounts = new Mounts()
  mounts.mount(prefix, adapter)
  return mounts.find(readTarget(url)) === adapter
}

describe('a mounted prefix', () => {
  it.each([
    ['http://', 'http://h/', true],
    ['https://', 'http://h/', false],
    ['http', 'https://h/', true],
    ['', 'https://h/', true],
    ['HTTPS://API.test/V1', 'https://api.test/v1/users', true],
    ['https://api.test', 'https://api.test:8443/', true],
    ['https://api.test', 'https://api.test.evil/', false],
    ['https://api.test:8443', 'https://api.test:8443/x', true],
    ['https://api.test:84', 'https://api.test:8443/x', false],
    ['https://api.test:443', 'https://api.test/x', true],
    ['https://api.test:443', 'https://api.test:8443/x', false],
    ['https://api.test:443/v1', 'https://api.test/v1/x', true],
    ['https://api.test:', 'https://api.test/', true],
    ['https://bücher.test/', 'https://bücher.test/x', true],
    ['https://bücher.test', 'https://xn--bcher-kva.test/x', true],
    ['http://h/my app', 'http://h/my%20app/x', true],
    ['http://h/a/../b', 'http://h/b/c', true],
    ['http://127.1/', 'http://127.0.0.1/', true],
    ['http://[0:0::1]/', 'http://[::1]/', true],
    [' http://h/ ', 'http://h/x', true],
    ['http://h?q=1', 'http://h/?q=12', true],
  ])('%j reaches %s: %j', (prefix, url, expected) => {
    expect(reaches(prefix, url)).toBe(expected)
    const mounts = new Mounts()
    mounts.mount(prefix, adapter)
    expect([mounts.unmount(prefix), mounts.size]).toEqual([adapter, 0])
  })

  it.each([
    'api.test',
    '/v1',
    'ftp://h/',
    'https//h',
    'https:/h',
    'https://*.corp/',
    'https://u:s3cret@h/',
    'http://h:99999',
    'http://[',
    'http://h/p#',
    'http://h/#part',
    '*',
  ])('that no URL begins with is refused: %j', (prefix) => {
    const mounts = new Mounts()
    expect(() => mounts.mount(prefix, adapter)).toThrow(InvalidOption)
    expect(() => mounts.mount(prefix, adapter)).toThrow(
      /prefix: expected http:\/\/ or https:\/\/, alone or with a host/,
    )
    expect(() => mounts.mount(prefix, adapter)).toThrow(/^(?!.*s3cret)/s)
    expect(mounts.unmount(prefix)).toBeUndefined()
  })

  it('that is accepted reaches what begins with it', () => {
    const host = fc.constantFrom('h.test', 'H.Test', '127.0.0.1', '[::1]', 'ü.test', 'a_b.test')
    const port = fc.constantFrom('', ':80', ':443', ':8080', ':')
    const path = fc.webPath().map((text) => text.replace(/^$/, '/'))
    const url = fc.tuple(fc.constantFrom('http://', 'https://', 'HTTP://'), host, port, path)
    fc.assert(
      fc.property(url, ([scheme, name, number, rest]) => {
        const whole = scheme + name + number + rest
        for (const prefix of [whole, scheme + name + number, scheme + name, scheme, `${scheme + name + number}/`]) {
          expect(reaches(prefix, whole)).toBe(true)
        }
      }),
    )
  })
})
