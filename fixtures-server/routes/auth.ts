import { type Ask, headerOf } from '../application/ask.ts'
import { jsonReply, textReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { statusReply } from './status.ts'

/** Basic and bearer authentication. */
export const authRoutes: readonly Route[] = [
  {
    template: '/basic-auth/{user}/{password}',
    methods: ['GET'],
    answer: (ask, { user = '', password = '' }) =>
      hasBasic(ask, user, password) ? jsonReply({ authenticated: true, user }) : statusReply(401),
  },
  {
    template: '/hidden-basic-auth/{user}/{password}',
    methods: ['GET'],
    answer: (ask, { user = '', password = '' }) =>
      hasBasic(ask, user, password) ? jsonReply({ authenticated: true, user }) : statusReply(404),
  },
  {
    template: '/bearer',
    methods: ['GET'],
    answer: (ask) => {
      const token = /^Bearer (.*)$/.exec(headerOf(ask, 'authorization') ?? '')?.[1]
      if (token === undefined) return textReply('', { status: 401, headers: [['WWW-Authenticate', 'Bearer']] })
      return jsonReply({ authenticated: true, token })
    },
  },
]

/** Whether the request carries exactly these Basic credentials (RFC 7617, UTF-8). */
function hasBasic(ask: Ask, user: string, password: string): boolean {
  const encoded = /^Basic +(\S+)$/i.exec(headerOf(ask, 'authorization') ?? '')?.[1]
  return encoded !== undefined && Buffer.from(encoded, 'base64').toString() === `${user}:${password}`
}
