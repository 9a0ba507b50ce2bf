import { describe, expect, it } from 'vitest'
import { countsButBytes } from '../../../src/sample/wire-counts.ts'
import { checkAgainstLedger, type LedgerReading } from '../../../src/target/ledger.ts'
import { makePatienceOf } from '../../../src/target/ledger-patience.ts'

const none = {
  connectionsOpened: 0,
  handshakesFull: 0,
  handshakesResumed: 0,
  requests: 0,
  bytesSent: 0,
  bytesReceived: 0,
}
const before: LedgerReading = { ...none, resetByClient: 0, endedByServer: 0, handshakesFailed: 0, requestsOverHttp2: 0 }

/** One block of one request after another, each with the server's requests at its readings; the time waited for each. */
async function waitThrough(blocks: readonly (readonly number[])[]): Promise<number[]> {
  const patience = makePatienceOf()('session')
  const waited: number[] = []
  for (const readings of blocks) {
    let waitedMs = 0
    let next = 0
    await checkAgainstLedger(
      { wire: { ...none, requests: 1 }, unanswered: 0 },
      {
        ...{ before, counts: countsButBytes, patience },
        read: async () => ({ ...before, requests: readings[Math.min(next++, readings.length - 1)] ?? 0 }),
        sleep: async (ms) => {
          waitedMs += ms
        },
      },
    )
    waited.push(waitedMs)
  }
  return waited
}

describe('how long the ledger is waited for', () => {
  it('is long, and short once that was in vain twice in a row, until it agrees again', async () => {
    const [wrong, right] = [[0], [1]]
    expect(await waitThrough([wrong, right, wrong, wrong, wrong, wrong, right, wrong])).toEqual([
      1587, 0, 1587, 1587, 10, 10, 0, 1587,
    ])
  })

  it('gives one that is late the time that it needs, at a quick look too', async () => {
    expect(await waitThrough([[0, 0, 0, 1], [0], [0], [0, 1], [0]])).toEqual([17, 1587, 1587, 10, 1587])
  })

  it('is of each arm by itself, whatever its processes', () => {
    const patienceOf = makePatienceOf()
    for (let block = 0; block < 2; block++) patienceOf('session').note({ agrees: false })
    expect(patienceOf('session').waitsMs).toEqual([0, 10])
    expect(patienceOf('stateless').waitsMs).toHaveLength(10)
  })
})
