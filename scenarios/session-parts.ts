import { defineScenario } from 'sessionbench'
import { Adapter, Session, type SessionOptions, type Transport } from 'sessionbench/session'

const origin = 'http://127.0.0.1:8080'
const url = `${origin}/items`

// A network that answers at once: what is left of a call is Session's own work.
const transport: Transport = {
  send: async () => ({ status: 204, statusText: 'No Content', headers: {}, body: noBody }),
  stats: () => ({ connectionsOpened: 0, requestsOnReused: 0, idle: 0, busy: 0, pending: 0 }),
  close: async () => {},
  destroy: async () => {},
}
const noBody = {
  ended: true,
  read: async () => null,
  readAll: async () => [],
  drop: () => {},
  onSettled: (callback: () => void) => callback(),
}

function open(options: SessionOptions = {}): Session {
  const session = new Session(options)
  session.mount(origin, new Adapter({ transport }))
  return session
}

export default defineScenario({
  engine: 'micro',
  question: 'What do the parts of a call cost: merging headers, looking cookies up, building the URL?',
  explain:
    'The parts are not public one by one. So each arm is a whole GET on a session whose transport answers at once, and what ' +
    'a part costs is what its arm takes longer than bare. Expect microseconds, where a request over loopback takes forty and ' +
    'more: none of them is a reason to give a session up. Cookies are looked up once for each URL and then remembered.',
  tags: ['regression'],
  baseline: 'bare',
  primaryMetric: 'latency.p50',
  // One library in all arms: they may share a process, and a verdict takes seconds instead of minutes.
  isolation: 'shared',
  variants: {
    bare: () => {
      const session = open()
      return { run: () => session.get(url), close: () => session.close() }
    },
    headers: () => {
      const session = open({ headers: { 'x-app': 'demo', 'x-team': 'search' } })
      const run = (index: number) => session.get(url, { headers: { 'x-team': null, 'x-request': index } })
      return { run, close: () => session.close() }
    },
    cookies: () => {
      const session = open()
      for (let n = 0; n < 10; n++) session.cookies.set(`cookie${n}`, `value-${n}`, { url: origin })
      return { run: () => session.get(url), close: () => session.close() }
    },
    'url-and-params': () => {
      const session = open({ baseUrl: `${origin}/v1`, params: { locale: 'en' } })
      const run = (index: number) => session.get('/items', { params: { page: index } })
      return { run, close: () => session.close() }
    },
  },
  thresholds: [
    { variant: 'bare', metric: 'errorRate', max: 0 },
    { variant: 'headers', metric: 'errorRate', max: 0 },
    { variant: 'cookies', metric: 'errorRate', max: 0 },
    { variant: 'url-and-params', metric: 'errorRate', max: 0 },
  ],
})
