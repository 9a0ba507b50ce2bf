import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readChallenges } from '../../../../src/session/policy/challenge.ts'
import { digest, digestHeader } from '../../../../src/session/policy/digest.ts'

const responseOf = (header: string | undefined) => /response="([0-9a-f]+)"/.exec(header ?? '')?.[1]

describe('readChallenges', () => {
  it.each([
    ['Basic realm="a b"', [{ scheme: 'basic', params: { realm: 'a b' } }]],
    [
      'Digest realm="r, \\"q\\"", nonce=abc, qop="auth,auth-int"',
      [{ scheme: 'digest', params: { realm: 'r, "q"', nonce: 'abc', qop: 'auth,auth-int' } }],
    ],
    [
      'Basic realm="x", Digest nonce="n", Bearer',
      [
        { scheme: 'basic', params: { realm: 'x' } },
        { scheme: 'digest', params: { nonce: 'n' } },
        { scheme: 'bearer', params: {} },
      ],
    ],
    [
      'NEGOTIATE, Digest  NONCE = "n" ,, ALGORITHM=MD5',
      [
        { scheme: 'negotiate', params: {} },
        { scheme: 'digest', params: { nonce: 'n', algorithm: 'MD5' } },
      ],
    ],
    ['', []],
    ['=== "', []],
  ])('%s', (line, expected) => {
    expect(readChallenges([line])).toEqual(expected)
  })
})

describe('digestHeader', () => {
  // RFC 7616, 3.9.1
  const rfc7616 = {
    user: 'Mufasa',
    password: 'Circle of Life',
    method: 'GET',
    uri: '/dir/index.html',
    nonceCount: 1,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  }
  const params = {
    realm: 'http-auth@example.org',
    qop: 'auth, auth-int',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
  }
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('computes the example of RFC 7616 with %s', (algorithm, response) => {
    const header = digestHeader({ ...rfc7616, challenge: { scheme: 'digest', params: { ...params, algorithm } } })
    expect(responseOf(header)).toBe(response)
    expect(header).toContain('qop=auth, nc=00000001')
    expect(header).toContain(`opaque="${params.opaque}"`)
  })

  it('computes the example of RFC 2617', () => {
    const header = digestHeader({
      ...rfc7616,
      password: 'Circle Of Life',
      cnonce: '0a4f113b',
      challenge: {
        scheme: 'digest',
        params: { realm: 'testrealm@host.com', qop: 'auth', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' },
      },
    })
    expect(responseOf(header)).toBe('6629fae49393a05397450978507c4ef1')
  })

  // RFC 2069, 2.4, with the response of its erratum 749; servers of today say so by an empty qop too.
  it.each([undefined, '', ' ', ' , '])('answers qop %j as before there was one', (qop) => {
    const challenge = {
      scheme: 'digest',
      params: {
        realm: 'testrealm@host.com',
        nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
        ...(qop === undefined ? {} : { qop }),
      },
    }
    const header = digestHeader({ ...rfc7616, password: 'CircleOfLife', challenge })
    expect(responseOf(header)).toBe('1949323746fe6a43ef61f9606e7febea')
    expect(header).not.toMatch(/qop|nc=|cnonce/)
  })

  it('takes realm and nonce as the bytes that came', () => {
    const [realm, nonce] = ['Café', 'nöncé']
    const wire = (text: string) => Buffer.from(text).toString('latin1')
    const md5 = (text: string) => createHash('md5').update(text).digest('hex')
    const header = digestHeader({
      ...rfc7616,
      challenge: { scheme: 'digest', params: { realm: wire(realm), nonce: wire(nonce) } },
    })
    const secret = md5(`Mufasa:${realm}:Circle of Life`)
    expect(responseOf(header)).toBe(md5(`${secret}:${nonce}:${md5('GET:/dir/index.html')}`))
    // Sent as Latin-1, these are the same bytes again.
    expect(header).toContain(`realm="${wire(realm)}"`)
  })

  it('knows no parameter that the server did not send', () => {
    const [challenge] = readChallenges(['Digest __proto__="x", constructor=y, nonce=n'])
    expect(Object.keys(challenge?.params ?? {})).toEqual(['__proto__', 'constructor', 'nonce'])
    expect(challenge?.params.toString).toBeUndefined()
    expect(
      digestHeader({ ...rfc7616, challenge: { scheme: 'digest', params: { ...params, algorithm: '__proto__' } } }),
    ).toBeUndefined()
  })

  it('is written in full, with what the server sent and no more', () => {
    const { user, uri, cnonce } = rfc7616
    const full = digestHeader({ ...rfc7616, challenge: { scheme: 'digest', params: { ...params, algorithm: 'MD5' } } })
    expect(full).toBe(
      `Digest username="${user}", realm="${params.realm}", nonce="${params.nonce}", uri="${uri}", response="8ca523f5e9506fed4657c9700eebdbec", algorithm=MD5, opaque="${params.opaque}", qop=auth, nc=00000001, cnonce="${cnonce}"`,
    )
    const least = digestHeader({ ...rfc7616, challenge: { scheme: 'digest', params: { nonce: 'n' } } })
    const md5 = (text: string) => createHash('md5').update(text).digest('hex')
    const response = md5(`${md5('Mufasa::Circle of Life')}:n:${md5('GET:/dir/index.html')}`)
    expect(least).toBe(`Digest username="Mufasa", realm="", nonce="n", uri="${uri}", response="${response}"`)
  })

  it.each([
    ['MD5', 'md5'],
    ['sha', 'sha1'],
    ['SHA-256', 'sha256'],
    ['SHA-512', 'sha512'],
    ['SHA-512-256', 'sha512-256'],
  ])('hashes with %s, in its session form as well', (algorithm, name) => {
    const hash = (text: string) => createHash(name).update(text).digest('hex')
    const { realm, nonce } = params
    const { cnonce } = rfc7616
    const secret = hash(`Mufasa:${realm}:Circle of Life`)
    const ha2 = hash('GET:/dir/index.html')
    const answer = (own: string, qop: string) =>
      digestHeader({ ...rfc7616, challenge: { scheme: 'digest', params: { ...params, qop, algorithm: own } } })
    expect(responseOf(answer(algorithm, 'auth'))).toBe(hash(`${secret}:${nonce}:00000001:${cnonce}:auth:${ha2}`))
    const session = hash(`${secret}:${nonce}:${cnonce}`)
    const inSession = answer(`${algorithm}-sess`, 'auth')
    expect(responseOf(inSession)).toBe(hash(`${session}:${nonce}:00000001:${cnonce}:auth:${ha2}`))
    expect(inSession).toContain(`algorithm=${algorithm}-sess,`)
    // Without qop there is still a cnonce in it, which the server has to be told.
    const old = answer(`${algorithm}-SESS`, '')
    expect(responseOf(old)).toBe(hash(`${session}:${nonce}:${ha2}`))
    expect(old).toMatch(new RegExp(`, cnonce="${cnonce}"$`))
    expect(old).not.toMatch(/qop|nc=/)
    expect(answer(`${algorithm}-sess2`, 'auth')).toBeUndefined()
  })

  it('gives up on what is not supported', () => {
    for (const over of [{ algorithm: 'ROT13' }, { qop: 'auth-int' }, { nonce: undefined }]) {
      const challenge = { scheme: 'digest', params: { ...params, ...over } as Record<string, string> }
      if (over.nonce === undefined && 'nonce' in over) delete challenge.params.nonce
      expect(digestHeader({ ...rfc7616, challenge })).toBeUndefined()
    }
  })

  it('escapes quotes, and encodes a user name outside ASCII', () => {
    const challenge = { scheme: 'digest', params }
    expect(digestHeader({ ...rfc7616, user: 'a"b', challenge })).toContain('username="a\\"b"')
    expect(digestHeader({ ...rfc7616, user: 'Jäsøn', challenge })).toContain("username*=UTF-8''J%C3%A4s%C3%B8n")
    expect(digestHeader({ ...rfc7616, user: "é'(*)", challenge })).toContain("username*=UTF-8''%C3%A9%27%28%2A%29,")
  })
})

it('digest remembers the nonce of each host and counts its uses', () => {
  const auth = digest('u', 'p')
  const request = { method: 'GET', path: '/', origin: 'http://h' }
  expect(auth.prepare(request)).toBeUndefined()
  expect(auth.answer(['Basic realm="b"', 'Digest realm="r", nonce="n1", qop="auth"'], request)).toContain('nc=00000001')
  expect(auth.prepare(request)).toContain('nc=00000002')
  expect(auth.prepare({ ...request, origin: 'http://other' })).toBeUndefined()
  expect(auth.answer(['Digest realm="r", nonce="n2", qop="auth", stale=TRUE'], request)).toContain('nonce="n2"')
  expect(auth.answer(['Basic realm="b", nonce="n"'], request)).toBeUndefined()
  // What it knew of the host has been refused: it is not sent again.
  expect(auth.prepare(request)).toBeUndefined()
})

it('digest takes the first challenge that it can answer', () => {
  const lines = ['Digest realm="r", nonce="n1", algorithm=ROT13, Digest realm="r", nonce="n2", algorithm=MD5']
  expect(digest('u', 'p').answer(lines, { method: 'GET', path: '/', origin: 'http://h' })).toContain('nonce="n2"')
})

it('digest refuses a user or password that is no text, by its name', () => {
  expect(() => digest(1 as never, 'p')).toThrow(/user: expected text/)
  expect(() => digest('u', null as never)).toThrow(/password: expected text/)
})

it('knows no algorithm by a part of its name', () => {
  const request = { method: 'GET', path: '/', origin: 'http://h' }
  expect(digest('u', 'p').answer(['Digest realm="r", nonce="n", algorithm=MD-sess5'], request)).toBeUndefined()
})
