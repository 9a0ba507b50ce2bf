import { InvalidOption, request, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'

const problemsOf = (make: () => unknown) => {
  try {
    make()
  } catch (error) {
    if (error instanceof InvalidOption) return error.problems.map(({ path }) => path)
    throw error
  }
  return []
}

describe('session options', () => {
  it('reports every problem at once, with its path', () => {
    const options = {
      baseUrl: 'nowhere',
      timeoutMs: { connect: -1, read: 1 },
      pool: { connections: 0, pipelining: 1.5, block: 'yes' },
      headers: { 'bad name': 'x' },
      auth: ['only one'],
      verify: 'no',
      colour: 'red',
    }
    expect(problemsOf(() => new Session(options as never))).toEqual([
      'baseUrl',
      'timeoutMs',
      'pool.connections',
      'pool.pipelining',
      'pool.block',
      'headers',
      'auth',
      'verify',
      'colour',
    ])
  })

  it('refuses words that can match nothing', () => {
    expect(
      problemsOf(
        () =>
          new Session({
            sensitiveHeaders: ['X Key'],
            retry: { methods: ['GET '] },
            proxies: { 'http://h:80': null },
          }),
      ),
    ).toEqual(['sensitiveHeaders', 'retry', 'proxies'])
    expect(problemsOf(() => new Session({ sensitiveHeaders: [1] } as never))).toEqual(['sensitiveHeaders'])
    expect(problemsOf(() => new Session({ sensitiveHeaders: ['X-Key'], retry: { methods: ['get'] } }))).toEqual([])
  })

  it('never shows what was given as a credential', () => {
    const secret = 'hunter2'
    let message = ''
    try {
      new Session({ auth: secret, key: 5, baseUrl: `x://u:${secret}@h` } as never)
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain('auth')
    expect(message).not.toContain(secret)
  })

  it('takes nothing at all, and undefined everywhere', () => {
    expect(problemsOf(() => new Session())).toEqual([])
    expect(problemsOf(() => new Session({ ca: undefined, pool: { connections: undefined }, auth: undefined }))).toEqual(
      [],
    )
  })
})

describe('call options', () => {
  it('are checked before anything is sent', async () => {
    await using session = new Session({ baseUrl: 'http://127.0.0.1:9' })
    const bad = { timeoutMs: 'soon', redirect: 'maybe', signal: {}, json: 1, retries: 2 }
    const error = await session.get('/', bad as never).catch((caught: InvalidOption) => caught)
    expect(error).toBeInstanceOf(InvalidOption)
    expect((error as InvalidOption).problems.map(({ path }) => path)).toEqual([
      'timeoutMs',
      'redirect',
      'signal',
      'retries',
    ])
    await expect(session.post('/', { json: 1, form: { a: 1 } })).rejects.toThrow('one form of body')
    await expect(session.post('/', { json: 1n })).rejects.toThrow('JSON')
    await expect(session.get('/', { cookies: { a: 'b; admin=1' } })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(session.get('/', { cookies: { 'a\r\nX': 'b' } })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(session.get('/', { auth: { bearer: 'a\r\nX: y' } })).rejects.toMatchObject({ code: 'INVALID_HEADER' })
    await expect(session.get('/', { headers: { 'X-A': 'a\r\nB: c' } })).rejects.toMatchObject({
      code: 'INVALID_HEADER',
    })
    await expect(request('GET', 'http://127.0.0.1:9/', { verify: 1 } as never)).rejects.toThrow(InvalidOption)
    await expect(session.request('BAD METHOD', '/')).rejects.toMatchObject({ code: 'INVALID_METHOD' })
  })
})
