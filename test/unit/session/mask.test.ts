import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError as BenchUsageError } from '../../../src/bench-error.ts'
import { classifyFailure } from '../../../src/sample/outcome.ts'
import { readPage } from '../../../src/scenario/read-values.ts'
import { readTarget, resolveLocation } from '../../../src/session/head/target.ts'
import { Adapter, type HookRedirect, HttpHeaders, Session, type SessionOptions } from '../../../src/session/index.ts'
import { maskHeader, maskUrl, maskUrlsIn } from '../../../src/session/mask.ts'
import { readEnvironment, readProxies } from '../../../src/session/policy/proxy.ts'
import type { Transport, WireResponse } from '../../../src/session/wire/transport.ts'

// Every user and password begins and ends with a word that stands nowhere else: a part that leaks is found.
const USER = 'qzuser'
const SECRET = 'qzpass'
const LEAK = /qzuser|qzpass/i
const any = fc.string({ unit: fc.constantFrom(...' /?#\\@:%[]()\'"|<>é🔑\tab12'), maxLength: 8 })
const part = (word: string) => any.map((middle) => `${word}${middle}${word}`)
const given = fc
  .record({
    lead: fc.constantFrom('', ' ', '\t', '\u0001 '),
    scheme: fc.constantFrom(
      'http://',
      'https://',
      'HTTP:/',
      'http:',
      'http:\\\\',
      'socks5://',
      'ftp://',
      '//',
      'h\nttp://',
    ),
    user: part(USER),
    password: part(SECRET),
    host: fc.constantFrom('h.test', 'h.test:99999', '[::1', '', '127.0.0.1:80', 'h test'),
    path: fc.constantFrom('', '/', '/a@b', '/?q=1#f', ':x'),
  })
  .map(({ lead, scheme, user, password, host, path }) => `${lead}${scheme}${user}:${password}@${host}${path}`)
  // By the rules of URLs a user with a slash in it is a host: that is a URL without a user, and nobody can tell.
  .filter((url) => {
    const parsed = /^[\0- ]*\/\//.test(url) ? URL.parse(url, 'http://h/') : URL.parse(url)
    return parsed === null || parsed.username !== '' || parsed.password !== '' || parsed.host === ''
  })

/** What can be told from the text around it: on one line, and with no second URL in it. */
const BEGINNING = /^(?:[a-z][a-z0-9]*:|(?=\/\/))[/\\]*/i
const inText = given.filter(
  (url) => !/[\n\t]/.test(url) && BEGINNING.test(url) && !url.replace(BEGINNING, '').includes('//'),
)

/** Everything that a program may print of a value. */
const shown = (value: unknown) =>
  `${inspect(value, { depth: 20, showHidden: true })} ${JSON.stringify(value)} ${String(value)}`

function errorOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('maskUrl', () => {
  it.each([
    ['http://u:p@h/p', 'http://***@h/p'],
    ['socks5://u@h:1', 'socks5://***@h:1'],
    ['http://h/u@x', 'http://h/u@x'],
    ['http://localhost:4873/@scope/name', 'http://localhost:4873/@scope/name'],
    ['http://user:pa/ss@host/', 'http://***@host/'],
    ['  http://u:p@h', '  http://***@h'],
    ['//u:p@h:99999', '//***@h:99999'],
    ['u:p@h', '***@h'],
    ['token@h', '***@h'],
    ['http:u:p@h', 'http:***@h'],
    ['socks5://u:p\\w@h', 'socks5://***@h'],
    ['http://u:p@q@h/a', 'http://***@h/a'],
    ['http://u:p@q/r@h/', 'http://***@h/'],
    ['', ''],
  ])('%j', (url, expected) => {
    expect(maskUrl(url)).toBe(expected)
  })

  it('cuts', () => {
    expect(maskUrl(`http://h/${'a'.repeat(500)}`)).toHaveLength(201)
  })

  it('shows no user and password of whatever was given for a URL', () => {
    fc.assert(
      fc.property(given, (url) => {
        expect(maskUrl(url)).not.toMatch(LEAK)
        expect(maskUrl(maskUrl(url))).toBe(maskUrl(url))
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('maskUrlsIn', () => {
  it.each([
    ['see "http://u:p@h/", or http://k/@x.', 'see "http://***@h/", or http://k/@x.'],
    ['from http://user:pa ss@host/: bad\nmail bob@x.test', 'from http://***@host/: bad\nmail bob@x.test'],
    ['http://u:p@h, http://v:q@k', 'http://***@h, http://***@k'],
    ['at file:///app/node_modules/@scope/a.js:1:2', 'at file:///app/node_modules/@scope/a.js:1:2'],
    ['git@github.com:a/b and bob@x.test', 'git@github.com:a/b and bob@x.test'],
    ['0; url=//u:p@h/x', '0; url=//***@h/x'],
    ["got 'u:p@h:99999'; git knows no commit 'u:p@h'", "got '***@h:99999'; git knows no commit '***@h'"],
    ['u:p/q@h is no file', '***@h is no file'],
    ["ENOENT, open '/work/here/u:p@h/x.json'", "ENOENT, open '/work/here/***@h/x.json'"],
    ['there is no folder /u:p@h for --base', 'there is no folder /***@h for --base'],
    ['npm could not install npm:u:p@h or ./u:p@h', 'npm could not install npm:***@h or ./***@h'],
    ["unknown option '--u:p@h'", "unknown option '***@h'"],
    ['`u:p@h` and http://h/, then v:q@k', '`***@h` and http://h/, then ***@k'],
    ['npm:undici@7, npm:@scope/name@1, git:HEAD@{1}', 'npm:undici@7, npm:@scope/name@1, git:HEAD@{1}'],
    ['undici@7 at 10:30, HEAD@{1}', 'undici@7 at 10:30, HEAD@{1}'],
    ['http://localhost:4873/@scope/name is there', 'http://localhost:4873/@scope/name is there'],
    ['at x (/app/node_modules/@scope/a.js:1:2)\nat b@c', 'at x (/app/node_modules/@scope/a.js:1:2)\nat b@c'],
    ['C:\\app\\node_modules\\@scope\\a.js:1:2', 'C:\\app\\node_modules\\@scope\\a.js:1:2'],
  ])('%j', (text, expected) => {
    expect(maskUrlsIn(text)).toBe(expected)
  })

  it('shows no user and password of a URL that stands in a text, however it was written', () => {
    fc.assert(
      fc.property(
        inText,
        fc.constantFrom('', 'in "', 'a b ('),
        fc.constantFrom('', '"', ') x', '. bob@x\nmore'),
        (one, before, after) => {
          expect(maskUrlsIn(before + one + after)).not.toMatch(LEAK)
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('takes time in proportion to the text', () => {
    const texts = ['//a ', '//: ', '!', 'http:', '/a:', ' a:', 'npm:', '=:'].map((part) =>
      part.repeat(200_000 / part.length),
    )
    for (const text of texts) {
      for (const hostile of [`@${text}`, `${text}@`, `//${text}@`]) {
        const before = process.cpuUsage().user
        maskUrlsIn(hostile)
        // Quadratic time is minutes here.
        expect(process.cpuUsage().user - before).toBeLessThan(10e6)
      }
    }
  })
})

describe('maskHeader', () => {
  it.each([
    ['Authorization', 'Bearer abc', 'Bearer ***'],
    ['Authorization', 'abc', '***'],
    ['Proxy-Authorization', 'Basic abc', 'Basic ***'],
    ['COOKIE', 'a=b', '***'],
    ['Set-Cookie', 'a=b; Path=/', '***'],
    ['Private-Token', 'abc', '***'],
    ['X-Passphrase', 'abc', '***'],
    ['X-OTP', '123456', '***'],
    ['X-Hub-Signature-256', 'sha256=abc', '***'],
    ['PHPSESSID', 'abc', '***'],
    ['X-Option', 'abc', 'abc'],
    ['X-Vault-Token', 'abc', '***'],
    ['X-Goog-Api-Key', 'abc', '***'],
    ['Ocp-Apim-Subscription-Key', 'abc', '***'],
    ['CF-Access-Client-Secret', 'abc', '***'],
    ['Mcp-Session-Id', 'abc', '***'],
    ['X-Ratelimit-Remaining-Tokens', '7', '7'],
    ['Idempotency-Key', '7', '7'],
    ['Access-Control-Allow-Credentials', 'true', 'true'],
    ['X-Auth', 'abc', '***'],
    ['X-Author', 'ann', 'ann'],
    ['Session', 'abc', '***'],
    ['X-Session-Count', '3', '3'],
    ['Sec-WebSocket-Key', '7', '7'],
    ['WWW-Authenticate', 'Digest realm="a"', 'Digest realm="a"'],
    ['Location', '//u:p@h:99999/', '//***@h:99999/'],
    ['Location', 'u:p@h/a', '***@h/a'],
    ['Location', ' 1u:p w@q@h', ' ***@h'],
    ['Content-Location', 'u:p/q@h', '***@h'],
    ['Location', 'page?mail=a@b', 'page?mail=a@b'],
    ['Location', '/a:b@c', '/a:b@c'],
    [
      'Link',
      '<u:p@h/>; rel=next, </a@b>; rel="x", <v:q@h>; rel=prev',
      '<***@h/>; rel=next, </a@b>; rel="x", <***@h>; rel=prev',
    ],
    ['Link', '<u:p q>@h/>; rel=next', '<***@h/>; rel=next'],
    ['Refresh', '0; url=u:p@h', '0; url=***@h'],
    ['Refresh', "0; url='u:p@h/'", "0; url='***@h/'"],
    ['From', 'ann@h.test', 'ann@h.test'],
    ['Etag', 'W/"a@b"', 'W/"a@b"'],
    ['Link', '<https://h/@me>; rel=me', '<https://h/@me>; rel=me'],
    ['Refresh', '0; url=http://u:p@h/', '0; url=http://***@h/'],
    ['Link', '<http://u:p@h/>; rel=next', '<http://***@h/>; rel=next'],
  ])('%s: %s', (name, value, expected) => {
    expect(maskHeader(name, value)).toBe(expected)
  })

  it('hides what somebody called sensitive', () => {
    expect(maskHeader('X-Mine', 'abc')).toBe('abc')
    expect(maskHeader('X-Mine', 'abc', new Set(['x-mine']))).toBe('***')
  })
})

describe('no user and password, however the URL is written,', () => {
  it('shows in an error that refuses it', () => {
    fc.assert(
      fc.property(given, (url) => {
        const from = readTarget('http://h.test/')
        const refused = [
          () => readTarget(url),
          () => readTarget(url, 'http://base.test/v1'),
          () => new Session({ baseUrl: url }),
          () => resolveLocation(url, from),
          () => readProxies(url),
          () => readProxies({ [url]: 'http://p' }),
          () => readEnvironment({ http_proxy: url }),
          () => new Session({ [url]: 1 } as SessionOptions),
          () => new Session().mount(url, new Adapter()),
          () => readPage(url),
        ]
        for (const work of refused) {
          const error = errorOf(work)
          if (error instanceof Error) expect(shown(error)).not.toMatch(LEAK)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('shows in what a results file or a usage error says', () => {
    fc.assert(
      fc.property(inText, (one) => {
        const failures = [
          new TypeError(`Failed to parse URL from ${one}`),
          `fetch ${one} failed`,
          { message: `at "${one}"` },
        ]
        for (const failure of failures) expect(classifyFailure(failure).message).not.toMatch(LEAK)
        expect(shown(new BenchUsageError(`cannot use "${one}"`))).not.toMatch(LEAK)
      }),
    )
    // Node's own words, which repeat the URL.
    expect(JSON.stringify(classifyFailure(errorOf(() => new Request('http://qzuser:qzpass@h/'))))).not.toMatch(LEAK)
    expect(JSON.stringify(classifyFailure(errorOf(() => new Request('http://qzuser:qz/qzpass@h/'))))).not.toMatch(LEAK)
  })
})

/** A network that follows a script: a redirect, a 401, a 500, failures and a final page. */
function scripted(headers: Record<string, string>): Transport {
  let calls = 0
  const answer = (status: number, more: Record<string, string> = {}): WireResponse => ({
    status,
    statusText: 'Word',
    headers: { ...headers, ...more },
    body: { ended: true, read: async () => null, readAll: async () => [], drop: () => {}, onSettled: (call) => call() },
  })
  return {
    async send({ target }) {
      calls += 1
      if (target.pathname === '/fail') throw new Error('no way')
      if (target.pathname === '/bad') return answer(302, { location: `//${USER}:${SECRET}@h:99999` })
      if (target.pathname === '/loop') return answer(302, { location: `http://${USER}:${SECRET}@b.test/loop?${calls}` })
      if (target.pathname === '/500') return answer(500, { 'retry-after': '0' })
      if (target.pathname === '/moved') return answer(302, { location: `http://${USER}:${SECRET}@b.test/` })
      return answer(target.pathname === '/404' ? 404 : 200)
    },
    stats: () => ({ connectionsOpened: 0, requestsOnReused: 0, idle: 0, busy: 0, pending: 0 }),
    close: async () => {},
    destroy: async () => {},
  }
}

it('shows no credential in errors, hooks, headers, responses and sessions, whatever the header that carries it is called', async () => {
  const name = fc
    .stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/)
    .filter((one) => !/^(host|content-length|connection|location)$/i.test(one))
  await fc.assert(
    fc.asyncProperty(
      name,
      part(SECRET).map((text) => text.replace(/[^\x20-\x7e]/g, '').trim()),
      async (own, secret) => {
        const seen: unknown[] = []
        const look = (value: unknown) => void seen.push(shown(value))
        const carriers = {
          [own]: secret,
          Authorization: `Bearer ${secret}`,
          'Private-Token': secret,
          Cookie: `a=${SECRET}`,
        }
        await using session = new Session({
          sensitiveHeaders: [own],
          headers: carriers,
          auth: ({ headers }) => look(headers),
          retry: { total: 1, statuses: [500] },
          maxRedirects: 2,
          hooks: {
            beforeRequest: look,
            afterResponse: look,
            beforeRetry: look,
            beforeRedirect: ({ response, next }: HookRedirect) => {
              look(response.headers)
              look({ response, next })
            },
          },
        })
        const answers = { [own.toLowerCase()]: secret, 'set-cookie': `sid=${SECRET}`, 'private-token': secret }
        session.mount('http://', new Adapter({ transport: scripted(answers), retry: { total: 1, statuses: [500] } }))
        for (const path of ['/', '/404', '/fail', '/bad', '/loop', '/500', '/moved']) {
          const url = `http://${USER}:${SECRET}@a.test${path}`
          const outcome = await session
            .get(url, { headers: { [own]: secret } })
            .then((response) => [
              response,
              response.headers,
              response.history,
              errorOf(() => response.raiseForStatus()),
            ])
            .catch((error: { response?: { headers: HttpHeaders } }) => [error, error.response?.headers])
          look(outcome)
        }
        look([session, session.headers, session.headers.clone(), new HttpHeaders({ 'X-Api-Key': secret })])
        expect(seen.length).toBeGreaterThan(20)
        for (const text of seen) expect(text).not.toMatch(LEAK)
      },
    ),
    { numRuns: 60 },
  )
})

it('a name that is no name is shown as far as it is one', () => {
  const error = errorOf(() => new HttpHeaders({ [`Authorization: Bearer ${SECRET}`]: '' }))
  expect(shown(error)).toContain('Authorization…')
  expect(shown(error)).not.toMatch(LEAK)
})
