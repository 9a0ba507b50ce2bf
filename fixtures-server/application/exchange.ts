import type { Readable } from 'node:stream'
import { maxIdLength } from '../request-log.ts'
import { watchArrival } from '../watch-arrival.ts'
import { answer, bodyRefusal, bodyTooLarge, bodyTooSlow, type Choice } from './answer.ts'
import { type Ask, headerOf } from './ask.ts'
import { readBody } from './read-body.ts'
import { type Answer, refusal } from './reply.ts'

/** One request under way, whichever protocol it came by. */
export interface Exchange {
  readonly ask: Ask
  readonly choice: Choice
  readonly body: ArrivingBody
  /** How far the answer is. */
  answerState(): 'none' | 'under way' | 'sent'
  /** Puts the answer on the wire; nothing happens when the client has left. */
  send(answer: Answer): void
  /** Ends an exchange whose client does not get on, without a word. */
  drop(): void
}

/** The body of a request, which may still be on its way. */
interface ArrivingBody {
  readonly stream: Readable
  hasArrived(): boolean
  /** What has come over the connection so far. */
  receivedBytes(): number
}

/** Answers a request: at once, or when its body is there, or whenever its route is ready, or not as it should. */
export function serveExchange(exchange: Exchange): void {
  const { ask } = exchange
  const id = headerOf(ask, 'x-request-id')
  if (id !== undefined && id.length > maxIdLength) {
    exchange.send(refusal(400, `an X-Request-Id has at most ${maxIdLength} characters`))
    return
  }
  const observed = id === undefined ? exchange : logged(exchange, id)
  if (!exchange.body.hasArrived()) watchBody(exchange)
  if (ask.state.faults.plan) void serveFaulty(observed)
  else serve(observed)
}

function serve(exchange: Exchange): void {
  const { rawHeaders, state } = exchange.ask
  const refused = bodyRefusal(rawHeaders, state.options.maxBodyBytes)
  if (refused) exchange.send(refused)
  else if (exchange.choice.route.readsBody) void serveWithBody(exchange)
  else settle(exchange)
}

// Whether or not its route reads it, a body must not take for ever.
function watchBody({ ask, body, answerState, send, drop }: Exchange): void {
  const onSlow = (): boolean => {
    if (body.hasArrived()) return false
    const state = answerState()
    if (state === 'none') send(bodyTooSlow())
    else if (state === 'sent') drop()
    return state !== 'sent'
  }
  const { bodyTimeoutMs: timeoutMs } = ask.state.options
  body.stream.once('close', watchArrival({ timeoutMs, receivedBytes: body.receivedBytes, onSlow }))
}

// Writes down when the request came and when its answer went.
function logged(exchange: Exchange, id: string): Exchange {
  const arrivedMs = machineNowMs()
  const { log } = exchange.ask.state
  const { template } = exchange.choice
  const send = (answer: Answer) => {
    const { status, injectedMs = 0 } = answer
    log.add({ id, template, status, arrivedMs, answeredMs: machineNowMs(), injectedMs })
    exchange.send(answer)
  }
  return { ...exchange, send }
}

// performance.now() starts anew in every thread, and a client could not read its own clock against it.
function machineNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

async function serveFaulty(exchange: Exchange): Promise<void> {
  const { ask } = exchange
  const nowMs = performance.now()
  const { waitMs, outcome } = ask.state.faults.next(ask.nth, nowMs)
  if (waitMs > 0) await ask.pauseUntil(nowMs + waitMs)
  const send = (answer: Answer) => exchange.send({ ...answer, injectedMs: waitMs + (answer.injectedMs ?? 0) })
  if (outcome === 'answer') serve({ ...exchange, send })
  else if (outcome === 'reset') send({ status: 0, misbehave: (wire) => wire.reset() })
  else send(refusal(outcome.status, 'a fault that was asked for'))
}

// An answer that is there at once goes out without a turn through the promise queue.
function settle(exchange: Exchange): void {
  const { choice, ask } = exchange
  const reply = answer(choice, ask)
  if (reply instanceof Promise) reply.then((late) => exchange.send(late))
  else exchange.send(reply)
}

async function serveWithBody(exchange: Exchange): Promise<void> {
  const { ask, body: arriving } = exchange
  const { maxBodyBytes } = ask.state.options
  // When the client leaves, or its chunks are malformed, the protocol has already ended the exchange.
  const body = await readBody(arriving.stream, maxBodyBytes).catch(() => null)
  if (body === null) return
  if (body === undefined) return exchange.send(bodyTooLarge(maxBodyBytes))
  settle({ ...exchange, ask: { ...ask, body } })
}
