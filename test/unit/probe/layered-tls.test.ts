import { Duplex } from 'node:stream'
import tls, { connect } from 'node:tls'
import { expect, it } from 'vitest'
import { watchLayeredTls } from '../../../src/probe/layered-tls.ts'

const original = tls.connect

/** Lays TLS over nothing at all, as clients do in a tunnel. */
function layer(open: typeof connect = tls.connect) {
  const below = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const socket = open({ socket: below })
  socket.on('error', () => {}).destroy()
  return { socket, below }
}

it.each([
  ['first', 0],
  ['last', 1],
])('whoever else still watches is told when the one who came %s has ended', (_, index) => {
  const seen: unknown[][] = [[], []]
  const ends = seen.map((list) => watchLayeredTls((socket, below) => list.push({ socket, below })))
  ends[index]?.()
  const layered = layer()
  expect(seen).toEqual(index === 0 ? [[], [layered]] : [[layered], []])
  ends[1 - index]?.()
  expect(tls.connect).toBe(original)
  layer()
  expect(seen.flat()).toHaveLength(1)
})

it('is told of those who have imported the function by its name', () => {
  const seen: unknown[] = []
  const end = watchLayeredTls((socket) => seen.push(socket))
  const { socket } = layer(connect)
  end()
  expect(seen).toEqual([socket])
  layer(connect)
  expect(seen).toHaveLength(1)
})

it('is not told of sockets that connect by themselves', () => {
  const seen: unknown[] = []
  const end = watchLayeredTls((socket) => seen.push(socket))
  tls
    .connect({ port: 1, host: '127.0.0.1' })
    .on('error', () => {})
    .destroy()
  end()
  expect(seen).toEqual([])
})
