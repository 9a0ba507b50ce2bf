import { startVitals } from '../../probe/vitals.ts'
import { classifyFailure } from '../../sample/outcome.ts'
import type { LoopResult } from '../closed-loop.ts'
import { makeOutcomes } from '../outcomes.ts'
import { makeGivenUpTally } from './given-up.ts'
import type { LoadDriver } from './load-connection.ts'
import { failureOf, makeConnections, type PreparedLoad, type RawWindow } from './raw-load.ts'
import { makeStatusTally } from './status-tally.ts'

/** What has taken too long is noticed by so much later at most. */
const graceMs = 1_000

/** Of the places of a connection: so many are free before it is sent more. */
const least = 0.5

/**
 * As many requests as a target answers, over kept connections or one for each: connections are opened first where they are kept,
 * then requests sent without a pause for the time of the block, and those under way awaited. Latency is from the write (or
 * the begin of the connection, where the request has its own or the target has closed the one before) to the read that has the
 * last byte.
 */
export async function runRawClosed(load: PreparedLoad, window: RawWindow): Promise<LoopResult> {
  const { clock, durationMs, isFailure, source } = window
  const { connections: count, pipelining, timeoutMs } = load
  const outcomes = makeOutcomes()
  const statuses = makeStatusTally()
  const givenUp = makeGivenUpTally()
  let [isLoading, startMs, requests, busyMs] = [false, 0, 0, 0]
  // Sent one by one as answers come, pipelined requests would cost what others do.
  const batch = Math.ceil(pipelining * least)
  const next = () => load.requestOf(source.nextIndex())
  const leave = (endMs: number) => {
    if (!isLoading) busyMs += endMs - startMs
  }
  const driver: LoadDriver = {
    onFree(connection) {
      if (!isLoading) return
      const beginMs = clock.nowMs()
      const { free } = connection
      if (free < batch) return
      // Else they are written, and counted, when it opens.
      if (connection.isOpen) requests += free
      const bytes: Buffer[] = []
      for (let place = 0; place < free; place++) {
        const prepared = next()
        bytes.push(prepared.bytes)
        connection.take(prepared, beginMs)
      }
      connection.send(bytes.length === 1 ? (bytes[0] as Buffer) : Buffer.concat(bytes))
    },
    onAnswer({ beginMs }, status, endMs) {
      statuses.add(status)
      givenUp.answer(endMs)
      const failure = failureOf(status, isFailure)
      if (failure === undefined) outcomes.succeed({ beginMs, endMs })
      else outcomes.fail({ beginMs, endMs }, failure)
      leave(endMs)
    },
    onWritten(written) {
      requests += written
    },
    onFailure(request, error, endMs) {
      // Before the time begins connections are only opened.
      if (startMs === 0) return
      givenUp.fail(error)
      outcomes.fail({ beginMs: request?.beginMs ?? endMs, endMs }, classifyFailure(error))
      if (request !== undefined) leave(endMs)
    },
  }
  using connections = makeConnections(load, { count, driver, clock })
  await connections.open()
  startMs = await window.waitForStart()
  using vitals = startVitals(clock)
  isLoading = true
  for (const connection of connections.all) if (connection.free > 0) driver.onFree(connection)
  await clock.sleep(durationMs)
  isLoading = false
  const endMs = clock.nowMs()
  const idle = connections.all.reduce((sum, connection) => sum + (pipelining - connection.underWay), 0)
  busyMs += idle * (endMs - startMs)
  await connections.drained(timeoutMs + graceMs)
  const workers = count * pipelining
  return {
    ...outcomes.read(),
    startMs,
    elapsedMs: clock.nowMs() - startMs,
    workMs: busyMs / workers,
    workers,
    requests,
    statuses: statuses.read(),
    ...givenUp.read(startMs),
    vitals: vitals.read(),
  }
}
