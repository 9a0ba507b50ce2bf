import { describe, expect, it } from 'vitest'
import { type IterationStatuses, makeIsFailure, StatusBook } from '../../../src/probe/status-book.ts'

const isFailure = makeIsFailure([410])
const get = (url: string, status: number, asker?: IterationStatuses) => ({ status, method: 'GET', url, asker })

describe('StatusBook', () => {
  it('knows the first request of an iteration that was last answered with a failure', () => {
    const book = new StatusBook()
    const iteration = book.begin(isFailure)
    for (const [url, status] of [
      ['/a', 200],
      ['/b', 404],
      ['/c', 500],
      ['/d', 302],
    ] as const)
      book.take(get(url, status, iteration))
    expect(book.isClear).toBe(false)
    expect(book.end(iteration)).toMatchObject({ status: 404, url: '/b' })
    expect(book.isClear).toBe(true)
  })

  it('goes by the last answer to the same request of the same iteration', () => {
    const book = new StatusBook()
    const [digest, retried, given] = [book.begin(isFailure), book.begin(isFailure), book.begin(isFailure)]
    book.take(get('/x', 401, digest))
    book.take(get('/x', 503, retried))
    book.take(get('/x', 503, given))
    book.take(get('/x', 100, given))
    book.take(get('/x', 200, digest))
    book.take({ ...get('/x', 200, given), method: 'POST' })
    book.take(get('/x', 503, retried))
    book.take(get('/x', 204, retried))
    expect([digest, retried, given].map((each) => book.end(each)?.status)).toEqual([undefined, undefined, 503])
  })

  it('takes a status that is expected for an answer like any other', () => {
    const book = new StatusBook()
    const iteration = book.begin(isFailure)
    book.take(get('/x', 503, iteration))
    book.take(get('/x', 410, iteration))
    book.take(get('/y', 410, iteration))
    expect(book.end(iteration)).toBeUndefined()
  })

  it('gives a failure that nobody asked for to whoever has been under way for longest and has none', () => {
    const book = new StatusBook()
    const iterations = [1, 2, 3].map(() => book.begin(isFailure))
    const over = book.begin(isFailure)
    book.end(over)
    book.take(get('/x', 404))
    book.take(get('/x', 404, over))
    expect(iterations.map((each) => book.end(each)?.status)).toEqual([404, 404, undefined])
    book.take(get('/x', 404))
    expect(book.isClear).toBe(true)
  })

  it('settles a guess by any better answer to the same request, and what is known by its own or by nobody in particular', () => {
    const book = new StatusBook()
    const [guessed, known] = [book.begin(isFailure), book.begin(isFailure)]
    book.take(get('/x', 503))
    book.take(get('/x', 503, known))
    const other = book.begin(isFailure)
    book.take(get('/x', 200, other))
    book.take(get('/x', 200, other))
    expect(book.end(guessed)).toBeUndefined()
    expect(book.isClear).toBe(false)
    book.take(get('/x', 200))
    expect(book.end(known)).toBeUndefined()
    expect(book.end(other)).toBeUndefined()
    expect(book.isClear).toBe(true)
  })
})
