import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { Clock } from '../probe/clock.ts'
import { classifyFailure } from '../sample/outcome.ts'
import type { Outcomes } from './outcomes.ts'

/**
 * autocannon's client of one connection, as its `setupClient` option hands it over. It has no way to hold its requests back,
 * nor to say when it has lost some; so its two methods that begin something are wrapped.
 */
export interface AutocannonClient extends EventEmitter {
  readonly conn?: Socket
  readonly destroyed: boolean
  readonly pipelinedRequests: { clear(): void }
  _doRequest(): void
  _connect(): void
}

/** What all connections of a block share. */
export interface GatedBlock {
  /** `shut`: connecting; `open`: loading; `over`: what is under way is awaited, nothing begins. */
  gate: 'shut' | 'open' | 'over'
  startMs: number
  /** Requests that were written. */
  requests: number
  /** Time that places for requests (connections × pipelining) were busy, all together. */
  busyMs: number
  readonly outcomes: Outcomes
  readonly clock: Clock
}

export interface GatedConnection {
  /** The gate has been opened: sends as many requests as may be under way. */
  start(): void
  /** The gate has been shut for good: places without a request are idle from now on. */
  finish(): void
  isIdle(): boolean
}

/** A target that refuses would be asked again at once, and for ever. */
const reconnectAfterMs = 10

/** Puts a client under the block's gate and counts what it does. Throws when autocannon is not the one we know. */
export function takeOver(client: AutocannonClient, block: GatedBlock, pipelining: number): GatedConnection {
  if (typeof client._doRequest !== 'function' || typeof client._connect !== 'function') {
    throw new Error('this version of autocannon cannot be driven; sessionbench knows autocannon 9')
  }
  const { clock, outcomes } = block
  const send = client._doRequest.bind(client)
  const connect = client._connect.bind(client)
  let isConnected = false
  // The target has said that it closes after this answer: what would be sent behind it would be lost.
  let isClosing = false
  let sentMs: number[] = []
  let lastError: unknown
  const leave = (places: number) => {
    if (block.gate === 'over') block.busyMs += places * (clock.nowMs() - block.startMs)
  }
  const start = () => {
    for (let place = 0; place < pipelining; place++) client._doRequest()
  }
  const open = () => {
    if (client.destroyed || block.gate === 'over') return
    connect()
    // What is written before would be counted as sent, and perhaps never be.
    client.conn?.once('encrypted' in client.conn ? 'secureConnect' : 'connect', () => {
      isConnected = true
      start()
    })
  }

  client._doRequest = () => {
    if (block.gate !== 'open' || !isConnected || isClosing) return
    block.requests++
    sentMs.push(clock.nowMs())
    send()
  }
  client._connect = () => {
    if (client.conn === undefined) return open()
    isConnected = false
    const pauseMs = isClosing && sentMs.length === 0 ? 0 : reconnectAfterMs
    isClosing = false
    if (lastError !== undefined || sentMs.length > 0) fail(lastError ?? lossOf(client.conn))
    client.pipelinedRequests.clear()
    void clock.sleep(pauseMs).then(open)
  }
  const fail = (error: unknown) => {
    const endMs = clock.nowMs()
    // A connection that could not be opened has carried nothing, and is a failure all the same.
    for (const beginMs of sentMs.length > 0 ? sentMs : [endMs])
      outcomes.fail({ beginMs, endMs }, classifyFailure(error))
    leave(sentMs.length)
    sentMs = []
    lastError = undefined
  }
  client.on('connError', (error: unknown) => {
    lastError = error
  })
  client.on('headers', ({ shouldKeepAlive }: { readonly shouldKeepAlive: boolean }) => {
    isClosing ||= !shouldKeepAlive
  })
  client.on('response', (status: number, _bytes: number, durationMs: number) => {
    const beginMs = sentMs.shift() ?? clock.nowMs()
    if (status >= 400) outcomes.fail({ beginMs, endMs: clock.nowMs() }, statusFailure(status))
    // autocannon's own figure, as coarse as its reports have it.
    else outcomes.succeed({ beginMs: 0, endMs: Math.max(1, Math.ceil(durationMs)) })
    leave(1)
    if (!isClosing || sentMs.length > 0) return
    client.conn?.destroy()
    client._connect()
  })
  return {
    start,
    finish: () => leave(pipelining - sentMs.length),
    isIdle: () => sentMs.length === 0,
  }
}

function statusFailure(status: number) {
  return { code: 'status', message: `the target answered ${status}` } as const
}

/** autocannon destroys a connection itself when an answer is overdue, and else goes on from one that the target ended. */
function lossOf(socket: Socket): Error {
  return socket.destroyed
    ? Object.assign(new Error('no answer came in time'), { code: 'ETIMEDOUT' })
    : Object.assign(new Error('the target closed a connection with requests under way'), { code: 'ECONNRESET' })
}
