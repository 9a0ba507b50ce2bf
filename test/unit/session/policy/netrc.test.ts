import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { findLogin, findOwnLogin, loadNetrc, readNetrc } from '../../../../src/session/policy/netrc.ts'

const text = `# a comment
machine Example.COM login ann password s3cret
machine one.test
  login bob   # trailing
  account ignored
  password "two words \\" quoted"
macdef init
  machine not.a.machine login x password y

default login guest password any
`

describe('readNetrc', () => {
  it('reads machines, default, quotes; skips macros, accounts and comments', () => {
    expect(readNetrc(text)).toEqual([
      { machine: 'example.com', login: 'ann', password: 's3cret' },
      { machine: 'one.test', login: 'bob', password: 'two words " quoted' },
      { machine: null, login: 'guest', password: 'any' },
    ])
    expect(readNetrc('')).toEqual([])
    expect(readNetrc('machine a login')).toEqual([{ machine: 'a', login: '', password: '' }])
  })

  it.each([
    ['machine h login a password #se#cret', 'a', '#se#cret'],
    ['machine h login a password se#cret # comment', 'a', 'se#cret'],
    ['machine h login #a password p #c', '#a', 'p'],
    ['machine h # comment\n login a # comment\n password p', 'a', 'p'],
    ['machine h login\n # no value, a comment\n a password p', 'a', 'p'],
    ['machine h login a password "#p # x" #c', 'a', '#p # x'],
    ['machine h login a account #x password p', 'a', 'p'],
    ['#machine no login x password y\r\nmachine h\r\nlogin a\r\npassword p\r\n', 'a', 'p'],
    ['machine h login macdef password p', 'macdef', 'p'],
    ['  macdef init\n machine x login y\n \t\nmachine h login a password p', 'a', 'p'],
    ['machine h login a password p\nmacdef init\n machine x login y', 'a', 'p'],
    ['machine h #note login x\n login a# password p', 'a#', 'p'],
    ['login stray password machine\nmachine h login a password p', 'a', 'p'],
  ])('a # is a comment except in the place of a value: %j', (netrc, login, password) => {
    expect(readNetrc(netrc)).toEqual([{ machine: 'h', login, password }])
  })

  it('finds a host, else the default', () => {
    const entries = readNetrc(text)
    expect(findLogin(entries, 'EXAMPLE.com')?.login).toBe('ann')
    expect(findLogin(entries, 'unknown.test')?.login).toBe('guest')
    expect(findLogin(readNetrc('machine a login b password c'), 'other')).toBeUndefined()
  })

  it('finds no default for a host that must have an entry of its own', () => {
    const entries = readNetrc(text)
    expect(findOwnLogin(entries, 'EXAMPLE.com')?.login).toBe('ann')
    expect(findOwnLogin(entries, 'unknown.test')).toBeUndefined()
  })
})

describe('loadNetrc', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netrc-'))
  const own = [{ machine: 'h', login: 'ä', password: 'p' }]
  writeFileSync(join(folder, '.netrc'), 'machine h login ä password p')
  afterEach(() => void vi.unstubAllEnvs())
  afterAll(() => rmSync(folder, { recursive: true }))

  it('reads the file that is named, by the call or by $NETRC', () => {
    expect(loadNetrc(join(folder, '.netrc'))).toEqual(own)
    vi.stubEnv('NETRC', join(folder, '.netrc'))
    expect(loadNetrc(true)).toEqual(own)
    expect(loadNetrc(false)).toEqual([])
  })

  it('takes a missing one for none, unless the call names it', () => {
    vi.stubEnv('NETRC', join(folder, 'missing'))
    expect(loadNetrc(true)).toEqual([])
    expect(() => loadNetrc('/nowhere/netrc')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    expect(() => loadNetrc('/nowhere/netrc')).toThrow(/netrc: expected a readable file at \/nowhere\/netrc.*ENOENT/)
  })

  it('refuses one that is there and cannot be read', () => {
    vi.stubEnv('NETRC', folder)
    expect(() => loadNetrc(true)).toThrow(/netrc: expected a readable file at .*EISDIR/)
  })
})
