import { describe, expect, it } from 'vitest'
import { openBody } from '../../../../src/session/body/body-source.ts'
import { readLines } from '../../../../src/session/body/read-lines.ts'
import type { Exchange } from '../../../../src/session/wire/exchange.ts'
import { readUnread } from '../../../../src/session/wire/read-unread.ts'

/** A body of which one piece has come, and its exchange as the pool sees it. */
function began(bodyMs = 1_000, stalled = true) {
  const pieces = [Buffer.from('one\ntwo\nthree\n')]
  const endings: unknown[] = []
  const exchange = {
    read: () => (pieces.length > 0 ? Promise.resolve(pieces.shift()) : new Promise(() => {})),
    drop: () => {},
    unread: false,
    stalledSinceMs: stalled ? 0 : undefined,
    connection: { inFlight: 1 },
    request: { method: 'GET', target: { href: 'http://a.test/' }, timeouts: { body: bodyMs } },
    cancel: (reason: unknown) => endings.push(reason),
  } as unknown as Exchange
  const startMs = performance.now()
  const look = (afterMs: number, isWaitedFor = true) =>
    readUnread([exchange], { timeoutMs: 10, isWaitedFor, nowMs: startMs + afterMs })
  return { exchange, endings, look, source: openBody(exchange, undefined) }
}

const left = expect.objectContaining({ code: 'BODY_UNREAD' })
const LONG_MS = 1_000_000

describe('a body that is read half', () => {
  it('is given up when its reader has taken nothing for timeoutMs.body', async () => {
    const { source, endings, look } = began()
    await source.next()
    look(500)
    look(900)
    expect(endings).toEqual([])
    look(LONG_MS)
    expect(endings).toEqual([left])
  })

  it('is not given up at the first look after the process stood still', async () => {
    const { source, endings, look } = began()
    await source.next()
    look(LONG_MS)
    expect(endings).toEqual([])
    look(LONG_MS + 1)
    expect(endings).toEqual([left])
  })

  it('is not given up while its reader waits for more', async () => {
    const { source, endings, look } = began()
    await source.next()
    void source.next()
    for (const afterMs of [1, 2, 3]) look(afterMs * LONG_MS)
    expect(endings).toEqual([])
  })

  it('is not given up while lines of a piece that has come are taken', async () => {
    const { source, endings, look } = began()
    const lines = readLines(source, undefined)
    await lines.next()
    look(LONG_MS)
    await lines.next()
    look(2 * LONG_MS)
    await lines.next()
    look(3 * LONG_MS)
    expect(endings).toEqual([])
  })

  it('is not given up while nobody waits, or while it takes nobody’s place', async () => {
    const alone = began()
    const flowing = began(1_000, false)
    Object.assign(flowing.exchange.connection as object, { inFlight: 2 })
    for (const { source, look } of [alone, flowing]) {
      await source.next()
      for (const afterMs of [1, 2, 3]) look(afterMs * LONG_MS, false)
    }
    expect([alone.endings, flowing.endings]).toEqual([[], []])
  })

  it('is given up when it stalls a connection that others share', async () => {
    const { exchange, source, endings, look } = began()
    Object.assign(exchange.connection as object, { inFlight: 2 })
    await source.next()
    look(1, false)
    look(LONG_MS, false)
    expect(endings).toEqual([left])
  })

  it('has the default limit where timeoutMs.body is none', async () => {
    const { source, endings, look } = began(0)
    await source.next()
    look(1_000)
    look(299_000)
    expect(endings).toEqual([])
    look(LONG_MS)
    expect(endings).toEqual([left])
  })
})
