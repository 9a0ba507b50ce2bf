import { type Ask, headerOf } from './ask.ts'
import { BadArgument } from './bad-argument.ts'
import { type Answer, type Reply, refusal } from './reply.ts'
import { allowedMethods, type Match, matchMethod, type Params, type Route, type Router } from './router.ts'

/** Which route answers a request; `template` names it in the ledger. */
export interface Choice {
  readonly template: string
  readonly params: Params
  readonly route: Pick<Route, 'answer' | 'readsBody'>
}

/** Finds who answers: the route itself, or a reply of ours for an unknown path, a wrong method, or OPTIONS. */
export function chooseRoute(router: Router, method: string, path: string): Choice {
  const matches = router(path)
  const match = matchMethod(matches, method)
  if (match) return { template: match.route.template, params: match.params, route: match.route }
  const first = matches[0]
  if (!first) return { template: '(unknown)', params: {}, route: unknownPath }
  return { template: first.route.template, params: {}, route: otherMethod(matches) }
}

/** Asks the route; what it throws becomes a reply. */
export function answer({ route, params }: Choice, ask: Ask): Answer | Promise<Answer> {
  try {
    const reply = route.answer(ask, params)
    return reply instanceof Promise ? reply.catch(failure) : reply
  } catch (error) {
    return failure(error)
  }
}

// A bug of ours becomes a 500 and not the end of the process.
function failure(error: unknown): Reply {
  if (error instanceof BadArgument) return refusal(400, error.message)
  return refusal(500, error instanceof Error ? error.message : String(error))
}

const unknownPath = {
  answer: (ask: Ask) => refusal(404, `nothing is served at ${ask.path}`),
}

function otherMethod(matches: readonly Match[]): Pick<Route, 'answer'> {
  const allow = ['Allow', allowedMethods(matches)] as const
  return {
    answer: (ask) =>
      ask.method === 'OPTIONS'
        ? { status: 200, headers: [['Content-Type', 'text/html; charset=utf-8'], allow], body: '' }
        : refusal(405, `${ask.method} is not allowed here`, [allow]),
  }
}

/** Why a body cannot be read, or `undefined`: told from the head alone, before any of it arrives. */
export function bodyRefusal(rawHeaders: readonly string[], maxBodyBytes: number): Reply | undefined {
  const length = Number(headerOf({ rawHeaders }, 'content-length') ?? 0)
  return length > maxBodyBytes ? bodyTooLarge(maxBodyBytes) : undefined
}

/** The reply to a body over the limit; the connection closes after it, for the rest of the body is not read. */
export function bodyTooLarge(maxBodyBytes: number): Reply {
  return refusal(413, `the body is larger than ${maxBodyBytes} bytes`, [['Connection', 'close']])
}

/** The reply to a body that takes too long. */
export function bodyTooSlow(): Reply {
  return refusal(408, 'the request body took too long to arrive', [['Connection', 'close']])
}
