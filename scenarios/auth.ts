import { defineScenario } from 'sessionbench'
import { digest, get, Session } from 'sessionbench/session'

const [user, password] = ['ada', 'secret']
const digestPath = `/digest-auth/auth/${user}/${password}`

export default defineScenario({
  question: 'What does authentication cost per request, with and without a session?',
  explain:
    'Basic and bearer credentials ride along with the request: they cost nothing but bytes. Digest needs a nonce from the ' +
    'server first: a stateless call is refused with 401 and asks again, two requests each time; a session signs with the ' +
    'nonce that it has. At a distance each request that is saved is a round trip.',
  tags: ['teaching'],
  target: { rttMs: 10 },
  workload: { model: 'closed', concurrency: 4 },
  baseline: 'digest-stateless',
  variants: {
    'digest-stateless':
      ({ target }) =>
      (signal) =>
        get(target.url(digestPath), { auth: digest(user, password), signal }),
    'digest-session': ({ target }) =>
      getWith(new Session({ baseUrl: target.origin, auth: digest(user, password) }), digestPath),
    'basic-stateless':
      ({ target }) =>
      (signal) =>
        get(target.url(`/basic-auth/${user}/${password}`), { auth: [user, password], signal }),
    'basic-session': ({ target }) =>
      getWith(new Session({ baseUrl: target.origin, auth: [user, password] }), `/basic-auth/${user}/${password}`),
    'bearer-session': ({ target }) =>
      getWith(new Session({ baseUrl: target.origin, auth: { bearer: 'token' } }), '/bearer'),
  },
  expect: [
    { variant: 'digest-session', ratio: { max: 0.45 }, because: 'one request on a kept connection instead of two' },
    { variant: 'basic-stateless', ratio: { max: 0.75 }, because: 'one request instead of two' },
    { variant: 'basic-session', ratio: { max: 0.45 }, because: 'one round trip' },
  ],
  thresholds: [
    { variant: 'digest-session', metric: 'errorRate', max: 0 },
    { variant: 'digest-session', metric: 'connectionsPerRequest', max: 0.1 },
  ],
  isolation: 'shared',
  budgetMs: 100_000,
})

function getWith(session: Session, path: string) {
  return { run: (signal: AbortSignal) => session.get(path, { signal }), close: () => session.close() }
}
