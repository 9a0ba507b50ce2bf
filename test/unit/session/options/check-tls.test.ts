import { generateKeyPairSync } from 'node:crypto'
import { Adapter, get, InvalidOption, Session, type SessionOptions } from 'sessionbench/session'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Identity, makeIdentity } from '../../../integration/session/test-servers.ts'

/** Path and expectation of each problem. */
function problemsOf(make: () => unknown): string[] {
  try {
    make()
  } catch (error) {
    if (error instanceof InvalidOption) return error.problems.map(({ path, expected }) => `${path}: ${expected}`)
    throw error
  }
  return []
}

describe('certificates and keys that cannot be used', () => {
  let one: Identity
  let other: Identity
  beforeAll(async () => {
    one = await makeIdentity('one', { isAuthority: true })
    other = await makeIdentity('other')
  })

  const locked = () =>
    generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' },
    }).privateKey

  it.each<[string, () => SessionOptions, readonly string[]]>([
    ['an empty cert', () => ({ cert: '' }), ['cert: a certificate in PEM']],
    ['empty bytes', () => ({ ca: Buffer.alloc(0), key: Buffer.alloc(0) }), ['ca: ', 'key: ']],
    ['other text', () => ({ ca: 'a', cert: 'b', key: 'c' }), ['ca: ', 'cert: ', 'key: ']],
    ['one of several authorities', () => ({ ca: [one.cert, ''] }), ['ca: ']],
    ['an authority that is cut short', () => ({ ca: `${one.cert}\n${one.cert.slice(0, 200)}` }), ['ca: ']],
    ['two authorities on one line', () => ({ ca: one.cert.trim() + other.cert }), ['ca: ']],
    ['a key for an authority', () => ({ ca: one.key }), ['ca: certificates in PEM']],
    ['each for the other', () => ({ cert: one.key, key: one.cert }), ['cert: ', 'key: ']],
    ['the key of another', () => ({ cert: one.cert, key: other.key }), ['key: the private key of cert']],
    [
      'a wrong passphrase',
      () => ({ key: locked(), passphrase: 'wrong' }),
      ['key: a private key in PEM that passphrase'],
    ],
    ['no passphrase', () => ({ key: locked() }), ['key: a private key in PEM']],
  ])('are refused where they are given: %s', async (_what, make, expected) => {
    const options = make()
    const starting = expected.map((start) => expect.stringMatching(`^${start}`))
    expect(problemsOf(() => new Session(options))).toEqual(starting)
    expect(problemsOf(() => new Adapter(options))).toEqual(starting)
    const { ca, cert, key, passphrase } = options
    await expect(get('https://127.0.0.1:9/', { ca, cert, key, passphrase })).rejects.toBeInstanceOf(InvalidOption)
  })

  it('are told from those that can be', () => {
    const usable: readonly SessionOptions[] = [
      { ca: one.cert },
      { ca: [Buffer.from(one.cert), `# with a comment\r\n${other.cert.replaceAll('\n', '\r\n')}`] },
      { ca: `${one.cert}\n${other.cert}`, cert: other.cert, key: other.key },
      { cert: Buffer.from(`${other.cert}\n${one.cert}`), key: Buffer.from(other.key) },
      { key: locked(), passphrase: 'right' },
    ]
    expect(usable.flatMap((options) => problemsOf(() => new Session(options)))).toEqual([])
  })

  it('do not show in the error', () => {
    expect(problemsOf(() => new Session({ key: 'my secret' })).join()).not.toContain('secret')
  })
})

describe('a time in milliseconds', () => {
  it('says what 0 means', () => {
    const options = { timeoutMs: -1, pool: { unreadBodyTimeoutMs: -1 }, retry: { backoffMaxMs: -1 } }
    expect(problemsOf(() => new Session(options))).toEqual([
      expect.stringMatching(/^timeoutMs: milliseconds, 0 to 2147483647 \(0: no limit\), or /),
      'pool.unreadBodyTimeoutMs: milliseconds, 0 to 2147483647 (0: at once)',
      expect.stringMatching(/^retry: .*backoffMaxMs: milliseconds, 0 to 2147483647$/),
    ])
  })
})
