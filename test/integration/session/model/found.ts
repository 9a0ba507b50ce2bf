import type { Accept } from './behaviours.ts'
import type { Scenario } from './run-model.ts'
import type { Step } from './steps.ts'
import type { CallPlan, Setup } from './world.ts'

const SETUP: Omit<Setup, 'way'> = {
  connections: 1,
  pipelining: 1,
  block: true,
  maxRequests: 1_000,
  retry: 0,
  accepts: [],
}

const call = (plan: Partial<CallPlan>): Step => ({
  do: 'call',
  plan: { method: 'GET', behaviour: 'ok', body: 'none', reading: 'bytes', abort: null, totalMs: 0, ...plan },
})
const settle: Step = { do: 'settle' }
const turns = (count: number): Step => ({ do: 'turns', count })

/** What the model has found, made smaller. */
export const FOUND: readonly { readonly what: string; readonly scenario: Scenario }[] = [
  {
    what: 'second tries that took a new connection from each other',
    scenario: {
      setup: { ...SETUP, way: 'kept', pipelining: 8 },
      steps: [
        call({}),
        settle,
        call({ behaviour: 'never' }),
        call({ behaviour: 'never' }),
        call({ behaviour: 'never' }),
        turns(5),
        { do: 'strike', which: -1, how: 'reset' },
        settle,
      ],
      ending: 'close',
    },
  },
  {
    what: 'a stream whose call was aborted before it was sent, and stayed open',
    scenario: {
      setup: { ...SETUP, way: 'kept' },
      steps: [call({ method: 'PUT', body: 'stream', abort: ['microtasks', 0] }), settle],
      ending: 'close',
    },
  },
  {
    what: 'HTTP/2 connections that were to be closed after one request, and were not',
    scenario: {
      setup: { ...SETUP, way: 'h2', block: false, maxRequests: 1, retry: 2 },
      steps: [call({}), call({}), turns(1)],
      ending: 'close',
    },
  },
  {
    what: 'an HTTP/2 session that ended gracefully under several calls',
    scenario: {
      setup: { ...SETUP, way: 'h2' },
      steps: [call({ behaviour: 'goaway-all' }), call({}), call({}), call({}), settle],
      ending: 'close',
    },
  },
  {
    what: 'an upload over HTTP/2 that was given up while the peer took no more, and stopped the process',
    scenario: {
      setup: { ...SETUP, way: 'h2' },
      steps: [
        call({}),
        settle,
        call({ method: 'PUT', body: 'large', abort: ['turns', 0] }),
        turns(3),
        call({}),
        settle,
      ],
      ending: 'close',
    },
  },
  {
    what: 'connections opened for everybody who comes back from an HTTP/2 session that ends at its first stream',
    scenario: {
      setup: { ...SETUP, way: 'h2', connections: 10, accepts: Array<Accept>(30).fill('once') },
      steps: [...Array<Step>(8).fill(call({})), settle],
      ending: 'close',
    },
  },
  {
    what: 'connections opened for everybody who comes back from behind the last answer of another',
    scenario: {
      setup: { ...SETUP, way: 'kept', connections: 10, pipelining: 8, accepts: Array<Accept>(30).fill('once') },
      steps: [...Array<Step>(8).fill(call({})), settle],
      ending: 'close',
    },
  },
  ...[1, 2, 8].map((pipelining) => ({
    what: `calls that were taken for stale behind answers with Connection: close, ${pipelining} at a time`,
    scenario: {
      setup: { ...SETUP, way: 'kept' as const, connections: 2, pipelining, accepts: Array<Accept>(30).fill('once') },
      steps: [...Array<Step>(12).fill(call({})), settle],
      ending: 'close' as const,
    },
  })),
]
