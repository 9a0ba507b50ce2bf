import { startVitals } from '../../probe/vitals.ts'
import { Histogram } from '../../sample/histogram.ts'
import { classifyFailure, type Failure } from '../../sample/outcome.ts'
import { followSchedule, type OpenLoopResult, type OpenSchedule } from '../open-loop.ts'
import { makeOutcomes } from '../outcomes.ts'
import { makeStageBook, type StageEntry } from '../stage-book.ts'
import { makeGivenUpTally } from './given-up.ts'
import { Line } from './line.ts'
import type { LoadConnection, LoadDriver, SentRequest } from './load-connection.ts'
import type { PreparedRequest } from './prepare-requests.ts'
import { failureOf, makeConnections, type RawLoad, type RawWindow } from './raw-load.ts'
import { ResponseSyntaxError } from './read-response-head.ts'
import { makeStatusTally } from './status-tally.ts'

/** An arrival that finds no connection free. */
interface Waiting {
  readonly prepared: PreparedRequest
  readonly dueMs: number
  readonly dispatchedMs: number
  readonly stage: StageEntry | undefined
}

/**
 * A request at every arrival's time, over the connection that was free last; one that is not open yet is opened for it. Where none is free, it waits, and
 * its response time, which counts from when it was due, goes on: a target that stalls shows in every arrival that it held up.
 * That is no delay of the pacer's, whose own is told apart.
 * Where each request has a connection of its own there are as many places as may be under way.
 */
export async function runRawOpen(load: RawLoad, schedule: OpenSchedule, window: RawWindow): Promise<OpenLoopResult> {
  const { clock, isFailure, source } = window
  const { maxInFlight, leadInMs = 0, profile, courseBook, drainMs = load.timeoutMs } = schedule
  const outcomes = makeOutcomes()
  const statuses = makeStatusTally()
  const givenUp = makeGivenUpTally()
  const response = new Histogram()
  const dispatchDelay = new Histogram()
  const book = profile && makeStageBook(profile)
  /** The one that was free last is taken first, as pools do: those that nobody needs stay out of it. */
  const free: LoadConnection[] = []
  const waiting = new Line<Waiting>()
  let [startMs, intended, dropped, requests, underWay, lastSentMs] = [0, 0, 0, 0, 0, 0]
  /** Why the last connection that could not be opened could not. */
  let refusal: Failure | undefined
  const times = { beginMs: 0, endMs: 0 }

  const isAnyOpen = () => load.isPerRequest || connections.all.some(({ isOpen }) => isOpen)
  const list = (connection: LoadConnection) => {
    if (connection.isListed || connection.free === 0) return
    connection.isListed = true
    free.push(connection)
  }
  const takeFree = (): LoadConnection | undefined => {
    for (let connection = free.pop(); connection !== undefined; connection = free.pop()) {
      connection.isListed = false
      if (connection.free > 0) return connection
    }
    return undefined
  }
  const send = (connection: LoadConnection, waiting: Waiting) => {
    const { prepared, dueMs, stage } = waiting
    const beginMs = clock.nowMs()
    if (connection.isOpen) requests++
    lastSentMs = beginMs
    ;(dueMs < leadInMs ? outcomes.untimed : outcomes).begin(beginMs)
    courseBook?.begin(beginMs - startMs)
    stage?.send(waiting.dispatchedMs - startMs)
    connection.take(prepared, beginMs, waiting)
    connection.send(prepared.bytes)
  }
  const settle = (own: Omit<Waiting, 'prepared'>, beginMs: number, endMs: number, failure: Failure | undefined) => {
    underWay--
    times.beginMs = beginMs
    times.endMs = endMs
    const isTimed = own.dueMs >= leadInMs
    const intendedMs = startMs + own.dueMs
    const record = isTimed ? outcomes : outcomes.untimed
    if (failure === undefined) record.succeed(times)
    else record.fail(times, failure)
    courseBook?.end(endMs - startMs, failure === undefined ? 'succeeded' : 'failed')
    if (!isTimed) return
    if (failure === undefined) response.record((endMs - intendedMs) * 1_000)
    dispatchDelay.record((own.dispatchedMs - intendedMs) * 1_000)
    if (failure === undefined) own.stage?.succeed(times, intendedMs, own.dispatchedMs)
    else own.stage?.fail(times, intendedMs, own.dispatchedMs)
  }
  const driver: LoadDriver = {
    onFree(connection) {
      for (;;) {
        if (connection.free === 0) return
        const first = waiting.shift()
        if (first === undefined) return list(connection)
        send(connection, first)
      }
    },
    onAnswer(request, status, endMs) {
      statuses.add(status)
      givenUp.answer(endMs)
      settle(request, request.beginMs, endMs, failureOf(status, isFailure))
    },
    onWritten(written) {
      requests += written
    },
    onFailure(request: SentRequest | undefined, error, endMs) {
      if (startMs === 0) return
      givenUp.fail(error)
      if (request !== undefined) {
        settle(request, request.beginMs, endMs, classifyFailure(error))
        return
      }
      if (error instanceof ResponseSyntaxError) {
        // Nobody had asked for it, so that no arrival is to fail for it; it is a failure all the same.
        outcomes.failUnstarted(1, classifyFailure(error))
        return
      }
      // Whoever waits for a connection fails for what keeps all of them from opening.
      refusal = classifyFailure(error)
      if (!isAnyOpen()) giveUp(Number.POSITIVE_INFINITY)
    },
  }
  const giveUp = (latestMs: number) => {
    for (let first = waiting.first; first !== undefined && startMs + first.dueMs < latestMs; first = waiting.first) {
      waiting.shift()
      const nowMs = clock.nowMs()
      ;(first.dueMs < leadInMs ? outcomes.untimed : outcomes).begin(nowMs)
      courseBook?.begin(nowMs - startMs)
      settle(first, nowMs, nowMs, (isAnyOpen() ? undefined : refusal) ?? noneFree)
    }
  }
  const dispatch = (dueMs: number) => {
    intended++
    courseBook?.arrive(dueMs)
    const stage = book?.arrive(dueMs)
    // A dropped arrival has an index too: the same arrival has the same data in every arm.
    const prepared = load.requestOf(source.nextIndex())
    if (underWay >= maxInFlight) {
      dropped++
      stage?.drop()
      return
    }
    underWay++
    const arrival = { prepared, dueMs, dispatchedMs: clock.nowMs(), stage }
    const connection = takeFree()
    if (connection === undefined) {
      waiting.push(arrival)
      return
    }
    send(connection, arrival)
    list(connection)
  }

  const count = load.isPerRequest ? maxInFlight : load.connections
  const onCheck = () => giveUp(clock.nowMs() - load.timeoutMs)
  using connections = makeConnections(load, { count, driver, clock, onCheck })
  await connections.open(atOnce)
  await window.waitForStart()
  startMs = schedule.startMs ?? clock.nowMs()
  for (const connection of connections.all.toReversed()) list(connection)
  using vitals = startVitals(clock)
  const lengthMs = await followSchedule({ ...schedule, clock }, startMs, dispatch)
  // A generator that fell behind took longer to send than it had: the rate that it held is lower than planned.
  const workMs = Math.max(lengthMs, lastSentMs - startMs)
  const endMs = clock.nowMs() + drainMs
  while (underWay > 0 && clock.nowMs() < endMs) await clock.sleep(1)
  giveUp(Number.POSITIVE_INFINITY)
  await connections.drained(0)
  return {
    ...outcomes.read(),
    ...{ startMs, elapsedMs: clock.nowMs() - startMs, workMs, workers: 1 },
    ...{ intended, dropped, scheduleMs: lengthMs, response, dispatchDelay, requests },
    ...{ statuses: statuses.read(), ...givenUp.read(startMs), vitals: vitals.read() },
    ...(book && { stages: book.take(lengthMs) }),
    ...(courseBook && { course: courseBook.read() }),
  }
}

/** Kept connections that are open when the time begins; more are opened when they are needed. */
const atOnce = 10

const noneFree: Failure = { code: 'timeout', message: 'no connection was free for it in time' }
