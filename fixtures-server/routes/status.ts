import type { Ask } from '../application/ask.ts'
import { type Header, plainReply, type Reply, textReply } from '../application/reply.ts'
import type { Params, Route } from '../application/router.ts'
import { allMethods } from './inspection.ts'

const redirect: readonly Header[] = [['Location', '/redirect/1']]
const teapot = `
     _______
    /  tea  \\___
   |  first  |  )
    \\_______/--'   I'm a teapot
`

/** `/status/{codes}`: that status, or one drawn from a weighted list such as `200:3,500:1`. */
export const statusRoutes: readonly Route[] = [{ template: '/status/{codes}', methods: allMethods, answer: sendStatus }]

function sendStatus({ state }: Ask, params: Params): Reply {
  const texts = (params.codes as string).split(',')
  const choices = texts.map(readChoice)
  // A weight says something only among several.
  const bad =
    (texts.length === 1 && texts[0]?.includes(':')) ||
    choices.some(({ status, weight }) => !(status >= 200 && status <= 999) || !(weight >= 0 && weight <= maxWeight))
  if (bad) return plainReply('Invalid status code', 400)
  return statusReply(draw(choices, state.random.next()))
}

// The sum of as many as there can be must still be a number to draw below.
const maxWeight = 1e15

interface Choice {
  readonly status: number
  readonly weight: number
}

function readChoice(text: string): Choice {
  const [status = '', weight, more] = text.split(':')
  const good = /^\d{3}$/.test(status) && more === undefined
  return { status: good ? Number(status) : Number.NaN, weight: readWeight(weight) }
}

function readWeight(text: string | undefined): number {
  if (text === undefined) return 1
  return text.trim() === '' ? Number.NaN : Number(text)
}

function draw(choices: readonly Choice[], uniform: number): number {
  let left = uniform * choices.reduce((sum, { weight }) => sum + weight, 0)
  for (const { status, weight } of choices) {
    left -= weight
    if (left < 0) return status
  }
  return choices.at(-1)?.status ?? 200
}

/** httpbin's reply for a bare status code. */
export function statusReply(status: number): Reply {
  switch (status) {
    case 301:
    case 302:
    case 303:
    case 305:
    case 307:
      return { status, headers: redirect, body: '' }
    case 304:
      return { status, headers: [], body: '' }
    case 401:
      return { status, headers: [['WWW-Authenticate', 'Basic realm="Fake Realm"']], body: '' }
    case 402:
      return { status, headers: [['x-more-info', 'http://vimeo.com/22053820']], body: 'Fuck you, pay me!' }
    case 406:
      return notAcceptable()
    case 407:
      return { status, headers: [['Proxy-Authenticate', 'Basic realm="Fake Realm"']], body: '' }
    case 418:
      return { status, headers: [['x-more-info', 'http://tools.ietf.org/html/rfc2324']], body: teapot }
    default:
      return textReply('', { status })
  }
}

function notAcceptable(): Reply {
  const accept = ['image/webp', 'image/svg+xml', 'image/jpeg', 'image/png', 'image/*']
  const text = JSON.stringify({ message: 'Client did not request a supported media type.', accept })
  return { status: 406, headers: [['Content-Type', 'application/json']], body: text }
}
