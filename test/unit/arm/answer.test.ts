import { channel } from 'node:diagnostics_channel'
import tls from 'node:tls'
import { afterEach, expect, it } from 'vitest'
import { answer } from '../../../src/arm/answer.ts'
import { ArmHome } from '../../../src/arm/arm-home.ts'
import type { ArmReply } from '../../../src/arm/messages.ts'
import { machineNowMs, systemClock } from '../../../src/probe/clock.ts'
import { requireScenario } from '../../../src/scenario/find.ts'

const scenarioUrl = requireScenario('session-parts', '/')
const open = {
  kind: 'open',
  scenarioUrl,
  arms: [{ id: 'arm', variant: 'bare', params: {} }],
  target: { profile: { kind: 'none', protocol: null, rttMs: 0 }, origin: '', access: {}, proxies: undefined },
  workload: { model: 'micro', iterationTimeoutMs: 5_000 },
  variantPer: 'process',
  phases: true,
  seed: 1,
} as const
const block = { kind: 'block', arm: 'arm', durationMs: 5, phase: 'measure', seed: 1 } as const

const homes: ArmHome[] = []
function makeHome(): ArmHome {
  const home = new ArmHome({ clock: systemClock, onStop: () => {} })
  homes.push(home)
  return home
}
afterEach(async () => {
  for (const home of homes.splice(0)) await home[Symbol.asyncDispose]()
})

it('answers with plain data what is asked with plain data', async () => {
  const home = makeHome()
  const replies: ArmReply[] = []
  for (const request of [{ kind: 'describe', scenarioUrl }, open, block, { kind: 'close' }] as const) {
    replies.push(await answer(structuredClone(request), home))
  }
  expect(structuredClone(replies)).toEqual(replies)
  expect(replies).toMatchObject([
    { kind: 'described', scenario: { name: 'session-parts' }, fallbacks: [] },
    { kind: 'opened' },
    { kind: 'block', block: { failed: 0 } },
    { kind: 'closed' },
  ])
})

it('keeps what was opened at home: another one in the same process knows nothing of it', async () => {
  const [home, other] = [makeHome(), makeHome()]
  await answer(open, home)
  await expect(answer(block, other)).rejects.toThrow("no arm 'arm' lives in this process")
  await answer({ kind: 'close' }, other)
  expect(await answer(block, home)).toMatchObject({ kind: 'block' })
})

it('leaves nothing behind that watches, when it has gone', async () => {
  const names = ['net.client.socket', 'undici:client:sendHeaders', 'http.client.request.start', 'undici:request:create']
  const isWatched = () => names.map((name) => channel(name).hasSubscribers)
  const [before, connect] = [isWatched(), tls.connect]
  const home = makeHome()
  await answer(open, home)
  expect(isWatched()).toEqual(names.map(() => true))
  await homes.pop()?.[Symbol.asyncDispose]()
  expect(isWatched()).toEqual(before)
  expect(tls.connect).toBe(connect)
})

it.each([
  ['behind', 1e9],
  ['ahead', -1e9],
])('begins when it is told to by a clock that is %s, and says by it when it did', async (_, clockOffsetMs) => {
  const askerNowMs = () => machineNowMs() - clockOffsetMs
  const home = makeHome()
  await answer(open, home)
  const startAtMs = askerNowMs() + 50
  const reply = await answer({ ...block, startAtMs, clockOffsetMs }, home)
  if (reply.kind !== 'block') throw new Error('a block was asked for')
  // What one clock says in another's time is exact to some µs.
  expect(reply.startedAtMs).toBeGreaterThan(startAtMs - 0.05)
  expect(reply.startedAtMs).toBeLessThan(askerNowMs() + 0.05)
})
