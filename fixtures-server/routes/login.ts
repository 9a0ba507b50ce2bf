import type { Ask } from '../application/ask.ts'
import { headerOf } from '../application/ask.ts'
import { BadArgument } from '../application/bad-argument.ts'
import { readForm } from '../application/form-body.ts'
import { type Header, jsonReply, type Reply, redirectReply, textReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { cookiesOf } from './cookies.ts'

// The server remembers who is logged in: nobody may fill its memory with one name.
const maxUserLength = 256

/** The password of every user. */
const password = 'secret'

const page = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Log in</title></head>
  <body>
    <h1>Log in</h1>
    <form method="post" action="/login">
      <p><label>User: <input name="user"></label></p>
      <p><label>Password: <input type="password" name="password"></label> (it is "${password}")</p>
      <p><button>Log in</button></p>
    </form>
  </body>
</html>
`

/** The story of a form login: a cookie makes the difference between the dashboard and a bounce. */
export const loginRoutes: readonly Route[] = [
  { template: '/login', methods: ['GET'], answer: () => textReply(page) },
  { template: '/login', methods: ['POST'], readsBody: true, answer: logIn },
  { template: '/dashboard', methods: ['GET'], answer: dashboard },
  { template: '/logout', methods: ['POST'], answer: logOut },
]

function logIn(ask: Ask): Reply {
  const fields = new Map(readForm(ask.body, headerOf(ask, 'content-type') ?? '')?.fields)
  const user = fields.get('user')
  if (user !== undefined && user.length > maxUserLength) throw new BadArgument('the user has too long a name')
  if (!user || fields.get('password') !== password) {
    return jsonReply(
      { status: 401, error: `the form must have a user and the password "${password}"` },
      { status: 401 },
    )
  }
  const session = ask.state.random.bytes(16).toString('hex')
  ask.state.sessions.set(session, user)
  return redirectReply('/dashboard', { status: 303, headers: [sessionCookie(ask, session)] })
}

function dashboard(ask: Ask): Reply {
  const user = userOf(ask)
  return user === undefined ? redirectReply('/login') : jsonReply({ user, message: `Welcome back, ${user}` })
}

function logOut(ask: Ask): Reply {
  const { session } = cookiesOf(ask)
  if (session !== undefined) ask.state.sessions.delete(session)
  return redirectReply('/login', { status: 303, headers: [sessionCookie(ask, '', '; Max-Age=0')] })
}

function userOf(ask: Ask): string | undefined {
  return ask.state.sessions.get(cookiesOf(ask).session ?? '')
}

function sessionCookie({ scheme }: Ask, value: string, more = ''): Header {
  const secure = scheme === 'https' ? '; Secure' : ''
  return ['Set-Cookie', `session=${value}; Path=/; HttpOnly; SameSite=Lax${secure}${more}`]
}
