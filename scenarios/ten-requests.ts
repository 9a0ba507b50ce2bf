import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'

export default defineScenario({
  question: 'After how many requests does a session pay?',
  explain:
    "An iteration is the article's own benchmark: so many calls one after another, in a session opened for them and closed " +
    'at their end, or each on its own. Over https a call on a new connection takes 3 round trips (TCP, TLS 1.3, the ' +
    'request), one on a kept connection takes 1: n calls cost 3n against 2 + n. So one call is a draw, the second already ' +
    'pays, and ten take 12 round trips instead of 30. There is no warm connection from before: the session pays its ' +
    'own handshake within the time shown.',
  tags: ['teaching', 'quick'],
  target: { protocol: 'https', rttMs: 10 },
  workload: { model: 'closed', concurrency: 6 },
  sweep: { requests: [1, 2, 10] },
  baseline: 'stateless',
  variants: {
    stateless:
      ({ target, params }) =>
      async (signal) => {
        for (let n = 0; n < params.requests; n++)
          await (await get(target.url('/get'), { ...target.access, signal })).bytes()
      },
    session:
      ({ target, params }) =>
      async (signal) => {
        await using session = new Session({ baseUrl: target.origin, ...target.access })
        for (let n = 0; n < params.requests; n++) await (await session.get('/get', { signal })).bytes()
      },
  },
  expect: [
    { variant: 'session', params: { requests: 1 }, ratio: { min: 0.9, max: 1.1 }, because: '3 round trips each' },
    { variant: 'session', params: { requests: 2 }, ratio: { max: 0.8 }, because: '4 round trips instead of 6' },
    { variant: 'session', params: { requests: 10 }, ratio: { max: 0.5 }, because: '12 round trips instead of 30' },
  ],
  // Stateless calls open one connection each; a session's share is 1, 1/2 and 1/10.
  thresholds: [{ variant: 'stateless', metric: 'connectionsPerRequest', min: 1, max: 1 }],
  isolation: 'shared',
  budgetMs: 200_000,
})
