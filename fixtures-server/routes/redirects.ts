import { type Ask, headerOf } from '../application/ask.ts'
import { fieldText, type Header, redirectReply, refusal, textReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { firstArgs } from './arguments.ts'
import { allMethods } from './inspection.ts'

/** Chains of redirects that end at /get, and one redirect to anywhere. */
export const redirectRoutes: readonly Route[] = [
  chain('/redirect/{n:int}', (ask, left) => {
    const absolute = firstArgs(ask).get('absolute')?.toLowerCase() === 'true'
    return absolute ? absoluteStep(ask, left) : relativeStep(left)
  }),
  chain('/relative-redirect/{n:int}', (_ask, left) => relativeStep(left)),
  chain('/absolute-redirect/{n:int}', absoluteStep),
  { template: '/redirect-to', methods: allMethods, answer: redirectTo },
]

function chain(template: string, next: (ask: Ask, left: number) => string): Route {
  return {
    template,
    methods: ['GET'],
    answer: (ask, { n }) => {
      const count = Number(n)
      return count > 0 ? redirectReply(next(ask, count - 1)) : refusal(400, 'there must be at least one redirect')
    },
  }
}

function relativeStep(left: number): string {
  return left === 0 ? '/get' : `/relative-redirect/${left}`
}

function absoluteStep(ask: Ask, left: number): string {
  const path = left === 0 ? '/get' : `/absolute-redirect/${left}`
  return `${ask.scheme}://${headerOf(ask, 'host') ?? ''}${path}`
}

// The location is sent back exactly as it came, whatever it is; only what no header can hold is refused.
function redirectTo(ask: Ask) {
  const args = firstArgs(ask)
  const url = args.get('url')
  if (url === undefined) return refusal(400, 'the query must say where to: url=')
  const wanted = args.get('status_code')
  if (wanted !== undefined && !/^\d+$/.test(wanted))
    return refusal(400, `status_code must be a number, not "${wanted}"`)
  const status = wanted !== undefined && Number(wanted) >= 300 && Number(wanted) < 400 ? Number(wanted) : 302
  const location: Header = ['Location', fieldText(url)]
  return textReply('', { status, headers: [location] })
}
