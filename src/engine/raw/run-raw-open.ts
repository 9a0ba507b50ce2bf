import { startVitals } from '../../probe/vitals.ts'
import { classifyFailure, type Failure } from '../../sample/outcome.ts'
import { followSchedule, type OpenLoopResult, type OpenSchedule } from '../open-loop.ts'
import { FreeConnections } from './free-connections.ts'
import { makeGivenUpTally } from './given-up.ts'
import { Line } from './line.ts'
import type { LoadConnection, LoadDriver, SentRequest } from './load-connection.ts'
import { type Arrival, makeOpenRecorder } from './open-recorder.ts'
import type { PreparedRequest } from './prepare-requests.ts'
import { failureOf, makeConnections, type PreparedLoad, type RawWindow } from './raw-load.ts'
import { ResponseSyntaxError } from './read-response-head.ts'
import { makeStatusTally } from './status-tally.ts'

/** An arrival, and what is sent for it. */
interface Waiting extends Arrival {
  readonly prepared: PreparedRequest
}

/**
 * A request at every arrival's time, over the connection that was free last; one that is not open yet is opened for it. Where none
 * is free, it waits, and its response time, which counts from when it was due, goes on: a target that stalls shows in every
 * arrival that it held up. That is no delay of the pacer's, whose own is told apart.
 * Where each request has a connection of its own there are as many places as may be under way.
 */
export async function runRawOpen(
  load: PreparedLoad,
  schedule: OpenSchedule,
  { clock, isFailure, source, waitForStart }: RawWindow,
): Promise<OpenLoopResult> {
  const { maxInFlight, drainMs = load.timeoutMs } = schedule
  const recorder = makeOpenRecorder(schedule)
  const statuses = makeStatusTally()
  const givenUp = makeGivenUpTally()
  const free = new FreeConnections()
  const waiting = new Line<Waiting>()
  let [startMs, requests, underWay, lastSentMs] = [0, 0, 0, 0]
  /** Why the last connection that could not be opened could not. */
  let refusal: Failure | undefined
  const isAnyOpen = () => load.isPerRequest || connections.all.some(({ isOpen }) => isOpen)
  const send = (connection: LoadConnection, arrival: Waiting) => {
    const beginMs = clock.nowMs()
    if (connection.isOpen) requests++
    lastSentMs = beginMs
    recorder.begin(arrival, beginMs)
    connection.take(arrival.prepared, beginMs, arrival)
    connection.send(arrival.prepared.bytes)
  }
  const end = (arrival: Arrival, beginMs: number, endMs: number, failure: Failure | undefined) => {
    underWay--
    recorder.end(arrival, beginMs, endMs, failure)
  }
  const giveUp = (latestMs: number) => {
    for (let first = waiting.first; first !== undefined && startMs + first.dueMs < latestMs; first = waiting.first) {
      waiting.shift()
      const nowMs = clock.nowMs()
      recorder.begin(first, nowMs)
      end(first, nowMs, nowMs, (isAnyOpen() ? undefined : refusal) ?? noneFree)
    }
  }
  const driver: LoadDriver = {
    onFree(connection) {
      while (connection.free > 0) {
        const first = waiting.shift()
        if (first === undefined) return free.list(connection)
        send(connection, first)
      }
    },
    onAnswer(request, status, endMs) {
      statuses.add(status)
      givenUp.answer(endMs)
      end(request.arrival, request.beginMs, endMs, failureOf(status, isFailure))
    },
    onWritten(written) {
      requests += written
    },
    onFailure(request: SentRequest | undefined, error, endMs) {
      if (startMs === 0) return
      givenUp.fail(error)
      const failure = classifyFailure(error)
      if (request !== undefined) end(request.arrival, request.beginMs, endMs, failure)
      // Nobody had asked for it, so that no arrival is to fail for it; it is a failure all the same.
      else if (error instanceof ResponseSyntaxError) recorder.failBeside(failure)
      else {
        // Whoever waits for a connection fails for what keeps all of them from opening.
        refusal = failure
        if (!isAnyOpen()) giveUp(Number.POSITIVE_INFINITY)
      }
    },
  }
  const dispatch = (dueMs: number) => {
    const stage = recorder.arrive(dueMs)
    // A dropped arrival has an index too: the same arrival has the same data in every arm.
    const prepared = load.requestOf(source.nextIndex())
    if (underWay >= maxInFlight) return recorder.drop(stage)
    underWay++
    const arrival = { prepared, dueMs, dispatchedMs: clock.nowMs(), stage }
    const connection = free.take()
    if (connection === undefined) return waiting.push(arrival)
    send(connection, arrival)
    free.list(connection)
  }

  const count = load.isPerRequest ? maxInFlight : load.connections
  const onCheck = () => giveUp(clock.nowMs() - load.timeoutMs)
  using connections = makeConnections(load, { count, driver, clock, onCheck })
  await connections.open(atOnce)
  await waitForStart()
  startMs = schedule.startMs ?? clock.nowMs()
  recorder.start(startMs)
  for (const connection of connections.all.toReversed()) free.list(connection)
  using vitals = startVitals(clock)
  const lengthMs = await followSchedule({ ...schedule, clock }, startMs, dispatch)
  // A generator that fell behind took longer to send than it had: the rate that it held is lower than planned.
  const workMs = Math.max(lengthMs, lastSentMs - startMs)
  const endMs = clock.nowMs() + drainMs
  while (underWay > 0 && clock.nowMs() < endMs) await clock.sleep(1)
  giveUp(Number.POSITIVE_INFINITY)
  await connections.drained(0)
  return {
    ...recorder.read(lengthMs),
    ...{ startMs, elapsedMs: clock.nowMs() - startMs, workMs, workers: 1, requests },
    ...{ statuses: statuses.read(), ...givenUp.read(startMs), vitals: vitals.read() },
  }
}

/** Kept connections that are open when the time begins; more are opened when they are needed. */
const atOnce = 10

const noneFree: Failure = { code: 'timeout', message: 'no connection was free for it in time' }
