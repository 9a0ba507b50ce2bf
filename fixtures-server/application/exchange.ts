import type { Readable } from 'node:stream'
import { answer, bodyRefusal, bodyTooLarge, type Choice } from './answer.ts'
import type { Ask } from './ask.ts'
import { readBody } from './read-body.ts'
import type { Answer } from './reply.ts'

/** One request under way, whichever protocol it came by. */
export interface Exchange {
  readonly ask: Ask
  readonly choice: Choice
  readonly bodyStream: Readable
  /** Puts the answer on the wire; nothing happens when the client has left. */
  send(answer: Answer): void
}

/** Answers a request: at once, or when its body is there, or whenever its route is ready. */
export function serveExchange(exchange: Exchange): void {
  if (exchange.choice.route.readsBody) void serveWithBody(exchange)
  else settle(exchange)
}

// An answer that is there at once goes out without a turn through the promise queue.
function settle(exchange: Exchange): void {
  const { choice, ask } = exchange
  const reply = answer(choice, ask)
  if (reply instanceof Promise) reply.then((late) => exchange.send(late))
  else exchange.send(reply)
}

async function serveWithBody(exchange: Exchange): Promise<void> {
  const { ask, bodyStream } = exchange
  const { maxBodyBytes } = ask.state.options
  const refused = bodyRefusal(ask.rawHeaders, maxBodyBytes)
  if (refused) return exchange.send(refused)
  // When the client leaves, or its chunks are malformed, the protocol has already ended the exchange.
  const body = await readBody(bodyStream, maxBodyBytes).catch(() => null)
  if (body === null) return
  if (body === undefined) return exchange.send(bodyTooLarge(maxBodyBytes))
  settle({ ...exchange, ask: { ...ask, body } })
}
