import { expect, it } from 'vitest'
import { isSameTarget, targetKey } from '../../../src/plan/target-key.ts'
import type { TargetProfile } from '../../../src/plan/target-profile.ts'

const fixture = (more: object = {}) => ({ kind: 'fixture', protocol: 'http', rttMs: 20, ...more }) as TargetProfile
const server = (origin: string, name?: string) =>
  ({ kind: 'external', protocol: 'http', origin, rttMs: 0, ...(name !== undefined && { name }) }) as const
const here = 'http://127.0.0.1:3000'
const there = 'http://127.0.0.1:3001'

it.each<[string, TargetProfile | undefined, TargetProfile | undefined, boolean]>([
  ['one profile, whatever it is called', fixture(), fixture(), true],
  [
    'conditions in another order',
    fixture({ conditions: { jitterMs: 1, faults: { resetRate: 0.1, errorRate: 0.2 } } }),
    fixture({ conditions: { faults: { errorRate: 0.2, resetRate: 0.1 }, jitterMs: 1 } }),
    true,
  ],
  [
    'a capacity each way',
    fixture({ conditions: { bytesPerSecond: 9_000 } }),
    fixture({ conditions: { bytesPerSecond: { up: 9_000, down: 9_000 } } }),
    true,
  ],
  ['another distance', fixture(), fixture({ rttMs: 21 }), false],
  ['another protocol', fixture(), fixture({ protocol: 'https' }), false],
  ['other conditions', fixture(), fixture({ conditions: { jitterMs: 1 } }), false],
  ['another jitter', fixture({ conditions: { jitterMs: 2 } }), fixture({ conditions: { jitterMs: 1 } }), false],
  [
    'another condition of the same value',
    fixture({ conditions: { keepAliveTimeoutMs: 1 } }),
    fixture({ conditions: { jitterMs: 1 } }),
    false,
  ],
  [
    'another rate of one fault',
    fixture({ conditions: { faults: { resetRate: 0.1 } } }),
    fixture({ conditions: { faults: { resetRate: 0.2 } } }),
    false,
  ],
  ['no session tickets', fixture({ conditions: { sessionTickets: false } }), fixture(), false],
  ['a server at one address', server(here), server(here), true],
  ['a server without a name that has moved', server(here), server(there), false],
  ['a server with a name that has moved', server(here, 'shop'), server(there, 'shop'), true],
  ['another server at the same address', server(here, 'shop'), server(here, 'search'), false],
  ['a server that has got its name since', server(here), server(here, 'shop'), true],
  ['a named server over TLS', server(here, 'shop'), { ...server(there, 'shop'), protocol: 'https' }, false],
  ['functions', { kind: 'none', protocol: null, rttMs: 0 }, { kind: 'none', protocol: null, rttMs: 0 }, true],
  ['a server and ours', server(here), fixture({ rttMs: 0 }), false],
  ['functions and a server', { kind: 'none', protocol: null, rttMs: 0 }, fixture(), false],
])('tells whether a target is the same: %s', (_, earlier, later, isSame) => {
  expect(isSameTarget({ label: 'then', target: earlier }, { label: 'now', target: later })).toBe(isSame)
  expect(isSameTarget({ label: 'now', target: later }, { label: 'then', target: earlier })).toBe(isSame)
})

it('goes by the words where a file does not say what its target was', () => {
  expect(isSameTarget({ label: 'http, 20 ms RTT' }, { label: 'http, 20 ms RTT', target: fixture() })).toBe(true)
  expect(isSameTarget({ label: 'http, 0 ms RTT' }, { label: 'http, 20 ms RTT', target: fixture() })).toBe(false)
  expect(isSameTarget({ label: 'http, 20 ms RTT', target: fixture() }, { label: 'http, 20 ms RTT' })).toBe(true)
})

it('has one key for one target', () => {
  expect(targetKey({ kind: 'none', protocol: null, rttMs: 0 })).toBe('none')
  expect(targetKey(server(here))).toBe('["external","http","http://127.0.0.1:3000"]')
  expect(targetKey(server(here, 'shop'))).toBe('["external","http","shop"]')
  expect(targetKey(fixture({ conditions: { jitterMs: undefined } }))).toBe(targetKey(fixture()))
  expect(targetKey(server(here, 'shop'))).toBe(targetKey(server(there, 'shop')))
})
