import { type Duplex, duplexPair } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { BrokenChannel, type Channel, keyBytes, openChannel } from '../../../src/arm/channel.ts'

const key = Buffer.alloc(keyBytes, 7)

interface End extends Channel {
  readonly stream: Duplex
  readonly received: unknown[]
  readonly ended: Promise<BrokenChannel | undefined>
  /** Resolves when so many messages have come. */
  count(messages: number): Promise<unknown[]>
}

function openEnd(stream: Duplex, end: 'supervisor' | 'child', ownKey = key): End {
  const received: unknown[] = []
  let look = () => {}
  let ended: (error: BrokenChannel | undefined) => void
  const whenEnded = new Promise<BrokenChannel | undefined>((resolve) => {
    ended = resolve
  })
  const onMessage = (message: unknown) => {
    received.push(message)
    look()
  }
  const channel = openChannel(stream, ownKey, { end, onMessage, onEnd: (error) => ended(error) })
  const count = (messages: number) =>
    new Promise<unknown[]>((resolve) => {
      look = () => void (received.length >= messages && resolve(received))
      look()
    })
  return { ...channel, stream, received, ended: whenEnded, count }
}

function openPair(childKey = key): { supervisor: End; child: End } {
  const [a, b] = duplexPair()
  return { supervisor: openEnd(a, 'supervisor'), child: openEnd(b, 'child', childKey) }
}

/** What an end would put on the wire for these messages. */
async function bytesOf(end: 'supervisor' | 'child', ...messages: unknown[]): Promise<Buffer[]> {
  const [a, b] = duplexPair()
  const sender = openEnd(a, end)
  const frames: Buffer[] = []
  for (const message of messages) {
    sender.send(message)
    frames.push(await new Promise<Buffer>((resolve) => b.once('data', resolve)))
  }
  return frames
}

describe('a channel', () => {
  it('carries what the structured clone algorithm can copy, both ways and in order', async () => {
    const { supervisor, child } = openPair()
    const messages = [
      { a: [1, 'é', null, undefined, new Date(0)] },
      new Map([[1, new Float64Array([0.5])]]),
      'x'.repeat(300_000),
    ]
    for (const message of messages) supervisor.send(message)
    for (const message of messages) child.send(message)
    expect(await child.count(3)).toEqual(messages)
    expect(await supervisor.count(3)).toEqual(messages)
  })

  it('puts messages together from pieces of any size', async () => {
    const frames = Buffer.concat(await bytesOf('child', 'one', { two: 2 }, ''))
    for (const size of [1, 3, 35, 36, 37, frames.length]) {
      const [a, b] = duplexPair()
      const supervisor = openEnd(a, 'supervisor')
      for (let at = 0; at < frames.length; at += size) b.write(frames.subarray(at, at + size))
      expect(await supervisor.count(3), `pieces of ${size}`).toEqual(['one', { two: 2 }, ''])
    }
  })

  it('says when the other end is gone', async () => {
    const { supervisor, child } = openPair()
    child.send('last')
    child.close()
    expect(await supervisor.count(1)).toEqual(['last'])
    supervisor.close()
    expect(await supervisor.ended).toBeUndefined()
  })

  it('throws for what cannot be copied, and carries on', async () => {
    const { supervisor, child } = openPair()
    expect(() => child.send({ f: () => {} })).toThrow(/could not be cloned/)
    child.send('next')
    expect(await supervisor.count(1)).toEqual(['next'])
  })

  const intrusions: Readonly<Record<string, () => Promise<readonly Buffer[]>>> = {
    'any bytes': async () => [Buffer.alloc(64, '{"kind":"block"}')],
    'a message with another end': async () => {
      const [frame] = (await bytesOf('child', 'one')) as [Buffer]
      frame.writeUInt8(frame.readUInt8(frame.length - 1) ^ 1, frame.length - 1)
      return [frame]
    },
    'a message that was changed': async () => {
      const [frame] = (await bytesOf('child', 'one')) as [Buffer]
      frame.writeUInt8(frame.readUInt8(40) ^ 1, 40)
      return [frame]
    },
    'a message twice': async () => {
      const [frame] = (await bytesOf('child', 'one')) as [Buffer]
      return [frame, frame]
    },
    'messages out of order': async () => (await bytesOf('child', 'one', 'two')).toReversed(),
    'its own messages': () => bytesOf('supervisor', 'one'),
    'a length that no message has': async () => {
      const [frame] = (await bytesOf('child', 'one')) as [Buffer]
      frame.writeUInt32BE(2 ** 32 - 1, 32)
      return [frame]
    },
  }

  it.each(Object.keys(intrusions))('ends with an error when it gets %s', async (name) => {
    const [a, b] = duplexPair()
    const supervisor = openEnd(a, 'supervisor')
    for (const chunk of (await intrusions[name]?.()) ?? []) b.write(chunk)
    expect(await supervisor.ended).toBeInstanceOf(BrokenChannel)
    const expected = name === 'a message twice' ? ['one'] : []
    expect(supervisor.received).toEqual(expected)
  })

  it('ends with an error when the other end has another key', async () => {
    const { supervisor, child } = openPair(Buffer.alloc(keyBytes, 8))
    child.send('one')
    expect(await supervisor.ended).toBeInstanceOf(BrokenChannel)
    expect(supervisor.received).toEqual([])
  })
})
