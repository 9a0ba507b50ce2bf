import { type Ask, headerOf } from '../application/ask.ts'
import { type Header, jsonReply, type Reply, refusal } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { firstArgs, integerArg, numberArg } from './arguments.ts'

const itemCount = 100
const maxPerPage = 50

/** The story of an API: a token that expires, and pages that link to each other. */
export const itemRoutes: readonly Route[] = [
  { template: '/token', methods: ['POST'], readsBody: true, answer: issueToken },
  { template: '/api/items', methods: ['GET'], answer: listItems },
]

function issueToken(ask: Ask): Reply {
  const seconds = numberArg(firstArgs(ask), 'expires_in', { fallback: 3_600, min: 0, max: 86_400 })
  const token = ask.state.random.bytes(24).toString('base64url')
  ask.state.tokens.set(token, performance.now() + seconds * 1_000)
  const headers: Header[] = [['Cache-Control', 'no-store']]
  return jsonReply({ access_token: token, token_type: 'Bearer', expires_in: seconds }, { headers })
}

// RFC 6750 §3: no token, no error code; a token that is no good says so.
function challenge(ask: Ask): Reply | undefined {
  const token = /^Bearer (\S+)$/i.exec(headerOf(ask, 'authorization') ?? '')?.[1]
  if (token === undefined) return unauthorized('')
  const expiresMs = ask.state.tokens.get(token)
  if (expiresMs === undefined) return unauthorized(', error="invalid_token", error_description="unknown token"')
  return expiresMs > performance.now()
    ? undefined
    : unauthorized(', error="invalid_token", error_description="the token has expired"')
}

function unauthorized(more: string): Reply {
  return refusal(401, 'a bearer token from POST /token is needed', [
    ['WWW-Authenticate', `Bearer realm="items"${more}`],
  ])
}

function listItems(ask: Ask): Reply {
  const refused = challenge(ask)
  if (refused) return refused
  const args = firstArgs(ask)
  const perPage = integerArg(args, 'per_page', { fallback: 10, min: 1, max: maxPerPage })
  const pages = Math.ceil(itemCount / perPage)
  const page = integerArg(args, 'page', { fallback: 1, min: 1 })
  if (page > pages) return refusal(404, `there are only ${pages} pages`)
  const first = (page - 1) * perPage + 1
  const count = Math.min(perPage, itemCount - first + 1)
  const items = Array.from({ length: count }, (_, i) => ({ id: first + i, name: `item ${first + i}` }))
  return jsonReply({ items, page, pages, total: itemCount }, { headers: [['Link', linksFor(page, pages, perPage)]] })
}

function linksFor(page: number, pages: number, perPage: number): string {
  const targets = { first: 1, prev: page - 1, next: page + 1, last: pages }
  return Object.entries(targets)
    .filter(([, target]) => target >= 1 && target <= pages)
    .map(([rel, target]) => `</api/items?page=${target}&per_page=${perPage}>; rel="${rel}"`)
    .join(', ')
}
