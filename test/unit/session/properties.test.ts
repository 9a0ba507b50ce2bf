import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { makeCall, makeFirstHop, type RequestOptions } from '../../../src/session/call/call.ts'
import { followRedirects } from '../../../src/session/call/follow-redirects.ts'
import { flatPairs, HttpHeaders, mergeHeaders } from '../../../src/session/head/headers.ts'
import { encodeParams, mergeParams, readParams } from '../../../src/session/head/params.ts'
import { appendQuery, readTarget } from '../../../src/session/head/target.ts'
import { type AuthRequest, basicHeader } from '../../../src/session/policy/auth.ts'
import { Cookies } from '../../../src/session/policy/cookies.ts'
import { bypassesProxy } from '../../../src/session/policy/no-proxy.ts'
import { isCrossing } from '../../../src/session/policy/redirect.ts'
import { fakeContext } from './fake-context.ts'

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/)
const value = fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/)
const headers = fc.dictionary(name, value, { maxKeys: 6 })

describe('headers', () => {
  it('merge: the call wins, null deletes, nothing else is lost, whatever the case', () => {
    fc.assert(
      fc.property(headers, headers, fc.array(name, { maxLength: 3 }), (defaults, call, deleted) => {
        const given = { ...call, ...Object.fromEntries(deleted.map((one) => [one.toUpperCase(), null])) }
        const base = new HttpHeaders(defaults)
        const before = base.flat().join()
        const merged = mergeHeaders(base, given)
        const expected = new Map<string, string>()
        for (const [key, one] of new HttpHeaders(defaults)) expected.set(key, one)
        const own = new Map<string, string | null>()
        for (const [key, one] of Object.entries(given)) {
          const lower = key.toLowerCase()
          const earlier = own.get(lower)
          own.set(lower, one === null ? (earlier ?? null) : earlier == null ? one : `${earlier}, ${one}`)
        }
        for (const [key, one] of own) if (one === null) expected.delete(key)
        for (const [key, one] of own) if (one !== null) expected.set(key, one)
        // A name that is both deleted and set in one call keeps what was set.
        expect(Object.fromEntries(merged)).toEqual(Object.fromEntries(expected))
        expect(base.flat().join()).toBe(before)
      }),
    )
  })

  it('never let CR, LF or NUL onto the wire', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.string({ unit: 'binary', maxLength: 12 }),
        (key, one) => {
          let flat: readonly string[] = []
          try {
            flat = new HttpHeaders([[key, one]]).flat()
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_HEADER' })
          }
          expect(flat.join('')).not.toMatch(/[\r\n\0]/)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('params', () => {
  const params = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 6 }),
    fc.array(fc.string({ maxLength: 6 }), { minLength: 1, maxLength: 3 }),
    { maxKeys: 5 },
  )

  it('come back out of the URL as they went in, after the URL’s own', () => {
    fc.assert(
      fc.property(
        params,
        fc.constantFrom('http://h/', 'http://h/p?own=1', 'http://h/?', 'http://h/p#f'),
        (input, url) => {
          const target = appendQuery(readTarget(url), encodeParams(readParams(input)))
          const found = [...new URL(target.href).searchParams].filter(([key]) => key !== 'own' || !url.includes('own'))
          const wellFormed = (text: string) => text.toWellFormed()
          const expected = Object.entries(input).flatMap(([key, values]) =>
            values.map((one) => [wellFormed(key), wellFormed(one)]),
          )
          expect(found).toEqual(expected.filter(([key]) => key !== 'own' || !url.includes('own')))
          expect(target.path).toMatch(/^\/[!-~]*$/)
        },
      ),
    )
  })

  it('merge: the call wins, null deletes', () => {
    fc.assert(
      fc.property(params, params, (defaults, call) => {
        const merged = new Map(mergeParams(readParams(defaults), readParams(call)))
        for (const key of Object.keys({ ...defaults, ...call })) {
          expect(merged.get(key)).toEqual(Object.hasOwn(call, key) ? call[key] : defaults[key])
        }
        const none = Object.fromEntries(Object.keys(defaults).map((key) => [key, null]))
        expect(encodeParams(mergeParams(readParams(defaults), readParams(none)))).toBe('')
      }),
    )
  })
})

describe('cookies', () => {
  const cookieName = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/)
  const cookieValue = fc.stringMatching(/^[A-Za-z0-9._~+/=-]{0,12}$/)

  it('go round: what is set is sent, and survives being saved', () => {
    fc.assert(
      fc.property(fc.dictionary(cookieName, cookieValue, { minKeys: 1, maxKeys: 6 }), (jar) => {
        const cookies = new Cookies('http://h.test/')
        for (const [key, one] of Object.entries(jar)) cookies.set(key, one)
        const target = readTarget('http://h.test/any/path')
        const sent = cookies.header(target)
        expect(Object.fromEntries(sent.split('; ').map((pair) => pair.split(/=(.*)/s).slice(0, 2)))).toEqual(jar)
        expect(new Cookies('http://h.test/', JSON.parse(JSON.stringify(cookies))).header(target)).toBe(sent)
        expect(cookies.header(readTarget('http://other.test/'))).toBe('')
      }),
    )
  })

  it('the kept header is what the jar would say, after any changes', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      one: cookieValue,
      attributes: fc.constantFrom(
        '',
        '; Path=/',
        '; Path=/deep',
        '; Max-Age=0',
        '; Max-Age=100',
        '; Secure',
        '; Domain=h.test',
      ),
      url: fc.constantFrom('http://h.test/', 'https://h.test/deep/x', 'http://sub.h.test/deep'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const kept = new Cookies()
        const fresh = () => new Cookies(undefined, JSON.parse(JSON.stringify(kept)))
        for (const { key, one, attributes, url } of steps) {
          kept.store(readTarget(url), [`${key}=${one}${attributes}`])
          for (const asked of ['http://h.test/', 'https://h.test/deep/x', 'http://sub.h.test/deep']) {
            expect(kept.header(readTarget(asked))).toBe(fresh().header(readTarget(asked)))
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a kept Cookie header', () => {
  it('ends with the first cookie in it that expires', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const cookies = new Cookies()
      const target = readTarget('http://h.test/')
      cookies.store(target, ['short=1; Max-Age=10', 'long=2; Max-Age=100', 'session=3'])
      expect(cookies.header(target)).toBe('short=1; long=2; session=3')
      vi.setSystemTime(Date.now() + 11_000)
      expect(cookies.header(target)).toBe('long=2; session=3')
      vi.setSystemTime(Date.now() + 100_000)
      expect(cookies.header(target)).toBe('session=3')
      expect(cookies.getAll().map(({ name: one }) => one)).toEqual(['session'])
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('NO_PROXY', () => {
  const label = fc.stringMatching(/^[a-z0-9]{1,6}$/)
  const host = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => `${labels.join('.')}.test`)

  it('names itself and its subdomains, and nothing that merely ends alike', () => {
    fc.assert(
      fc.property(host, label, fc.constantFrom('', '.', '*.'), (entry, prefix, dot) => {
        expect(bypassesProxy({ hostname: entry, port: 80 }, dot + entry)).toBe(true)
        expect(bypassesProxy({ hostname: `${prefix}.${entry}`, port: 80 }, dot + entry)).toBe(true)
        expect(bypassesProxy({ hostname: `${prefix}${entry}`, port: 80 }, dot + entry)).toBe(false)
        expect(bypassesProxy({ hostname: `${entry}.${prefix}`, port: 80 }, dot + entry)).toBe(false)
      }),
    )
  })

  it('holds networks by arithmetic', () => {
    const word = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (one, other, bits) => {
        const size = 2 ** (32 - bits)
        const inside = Math.floor(word(one) / size) === Math.floor(word(other) / size)
        expect(bypassesProxy({ hostname: one, port: 80 }, `${other}/${bits}`)).toBe(inside)
      }),
    )
  })
})

describe('redirect chains', () => {
  it('never carry a credential to another host, not even on the way back', async () => {
    const place = fc.constantFrom(
      'http://a.test',
      'https://a.test',
      'http://a.test:81',
      'https://b.test',
      'http://b.test',
    )
    const hop = fc.record({ place, status: fc.constantFrom(301, 302, 303, 307, 308) })
    const secrets = ['Authorization', 'Cookie', 'Proxy-Authorization', 'X-Api-Key', 'X-Auth-Token']
    await fc.assert(
      fc.asyncProperty(
        place,
        fc.array(hop, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('GET', 'POST', 'PUT'),
        async (start, chain, method) => {
          const { context, requests } = fakeContext((_request, nth) => {
            const next = chain[nth - 1]
            return next === undefined
              ? { status: 200 }
              : { status: next.status, headers: { location: `${next.place}/${nth}` } }
          })
          const options = {
            headers: Object.fromEntries(secrets.map((one) => [one, 'secret'])),
            cookies: { mine: 'secret' },
            auth: ({ headers: own }: AuthRequest) => void own.set('X-Signed', 'secret'),
            ...(method === 'GET' ? {} : { body: 'payload' }),
          }
          const target = readTarget(`${start}/0`)
          await followRedirects(
            makeCall(context, method, target, options),
            makeFirstHop(context, method, target, options),
          )
          let crossed = false
          requests.forEach((request, index) => {
            const before = requests[index - 1]
            crossed ||= before !== undefined && isCrossing(before.target, request.target)
            const sent = [...flatPairs(request.headers)].filter(([, one]) => one.includes('secret')).map(([key]) => key)
            expect(sent).toEqual(crossed ? [] : [...secrets, 'X-Signed'])
          })
        },
      ),
    )
  })

  it('send each host its own .netrc login when it is new to the call, and never another host’s', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netrc-'))
    const netrc = join(folder, 'netrc')
    await writeFile(
      netrc,
      'machine a.test login a password 1\nmachine b.test login b password 2\ndefault login d password 3\n',
    )
    const logins: Readonly<Record<string, string>> = {
      'a.test': basicHeader('a', '1'),
      'b.test': basicHeader('b', '2'),
    }
    const place = fc.constantFrom(
      'http://a.test',
      'https://a.test',
      'https://b.test',
      'http://b.test:81',
      'http://c.test',
    )
    const own = fc.constantFrom<RequestOptions>({}, { auth: { bearer: 'mine' } }, { auth: null })
    await fc.assert(
      fc.asyncProperty(place, fc.array(place, { minLength: 1, maxLength: 6 }), own, async (start, chain, options) => {
        const script = (_request: unknown, nth: number) =>
          nth > chain.length ? { status: 200 } : { status: 302, headers: { location: `${chain[nth - 1]}/${nth}` } }
        const { context, requests } = fakeContext(script, { netrc })
        const target = readTarget(`${start}/0`)
        await followRedirects(makeCall(context, 'GET', target, options), makeFirstHop(context, 'GET', target, options))
        const first = logins[target.hostname] ?? basicHeader('d', '3')
        let expected = options.auth === null ? undefined : options.auth === undefined ? first : 'Bearer mine'
        const visited = new Set<string>()
        requests.forEach((request, index) => {
          const before = requests[index - 1]?.target
          const { hostname } = request.target
          if (before !== undefined && isCrossing(before, request.target))
            expected = options.auth === null || visited.has(hostname) ? undefined : logins[hostname]
          visited.add(hostname)
          const sent = [...flatPairs(request.headers)].filter(([key]) => key === 'Authorization')
          expect(sent).toEqual(expected === undefined ? [] : [['Authorization', expected]])
        })
      }),
    )
    await rm(folder, { recursive: true })
  })
})
