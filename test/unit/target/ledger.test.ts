import { describe, expect, it } from 'vitest'
import { countsButBytes, type WireCounts } from '../../../src/sample/wire-counts.ts'
import { compareWithLedger, type LedgerReading } from '../../../src/target/ledger.ts'

const wire: WireCounts = {
  connectionsOpened: 2,
  handshakesFull: 2,
  handshakesResumed: 0,
  requests: 10,
  bytesSent: 1_000,
  bytesReceived: 9_000,
}
const nothing: LedgerReading = {
  connectionsOpened: 0,
  handshakesFull: 0,
  handshakesResumed: 0,
  requests: 0,
  bytesSent: 0,
  bytesReceived: 0,
  resetByClient: 0,
  endedByServer: 0,
  handshakesFailed: 0,
  requestsOverHttp2: 0,
}

/** The counts that differ when the server has seen what the client did, but for `server`. */
function differing(server: Partial<LedgerReading>, names?: readonly (keyof WireCounts)[], unanswered = 0) {
  const readings = { before: nothing, after: { ...nothing, ...wire, ...server } }
  return compareWithLedger({ wire, unanswered }, readings, names).map(({ count }) => count)
}

describe('compareWithLedger', () => {
  it.each<[string, Partial<LedgerReading>, (keyof WireCounts)[]]>([
    ['equal counts agree', {}, []],
    ['a request more or less', { requests: 9 }, ['requests']],
    ['bytes that were lost without a reason', { bytesReceived: 9_001 }, ['bytesReceived']],
    ['bytes that a client left unread when it reset', { bytesReceived: 9_001, resetByClient: 1 }, []],
    ['bytes that a reset by the server took with it', { bytesReceived: 9_001, endedByServer: 1 }, []],
    ['bytes that a client cannot have read', { bytesReceived: 8_999, endedByServer: 1 }, ['bytesReceived']],
    ['a request that met a closing connection', { requests: 9, bytesSent: 900, endedByServer: 1 }, []],
    ['a request that nobody sent', { requests: 11, endedByServer: 1 }, ['requests']],
    ['a handshake that the client dropped at its end', { handshakesFull: 1, handshakesFailed: 1 }, []],
    ['more handshakes gone than failed', { handshakesFull: 0, handshakesFailed: 1 }, ['handshakesFull']],
  ])('%s', (_, server, expected) => expect(differing(server)).toEqual(expected))

  it('lets a client read less when it gave up waiting for an answer', () => {
    expect(differing({ bytesReceived: 9_300 }, undefined, 1)).toEqual([])
    expect(differing({ bytesReceived: 8_999 }, undefined, 1)).toEqual(['bytesReceived'])
  })

  it('lets the server have connections that the client gave up before it knew of them, and no more', () => {
    const readings = { before: nothing, after: { ...nothing, ...wire, connectionsOpened: 4 } }
    expect(compareWithLedger({ wire, unanswered: 0, unconnected: 2 }, readings)).toEqual([])
    expect(compareWithLedger({ wire, unanswered: 0, unconnected: 1 }, readings)).toEqual([
      { count: 'connectionsOpened', client: 2, server: 4 },
    ])
  })

  it('leaves bytes out where a client speaks HTTP/2', () => {
    expect(differing({ bytesSent: 1, requestsOverHttp2: 1 })).toEqual([])
  })

  it('leaves bytes out where proxies stand between, and nothing else', () => {
    expect(differing({ bytesSent: 1, bytesReceived: 1 }, countsButBytes)).toEqual([])
    expect(differing({ connectionsOpened: 1, handshakesFull: 1, requests: 1 }, countsButBytes)).toEqual([
      'connectionsOpened',
      'handshakesFull',
      'requests',
    ])
  })
})
