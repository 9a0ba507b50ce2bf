import { afterEach, expect, it } from 'vitest'
import { openFixtureProcess } from '../../../src/target/fixture-process.ts'

const before = process.env.NODE_OPTIONS
afterEach(() => {
  if (before === undefined) delete process.env.NODE_OPTIONS
  else process.env.NODE_OPTIONS = before
})

it('takes no word of what is preloaded for one of the fixture server', async () => {
  const messages = ['"hello"', 'null', '{kind:"ready"}', '{kind:"failed"}', '{kind:"telemetry"}']
  const code = messages.map((message) => `process.send?.(${message})`).join(';')
  process.env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(code)}`
  await using fixture = await openFixtureProcess({})
  expect(fixture.isAlive()).toBe(true)
  expect((await fixture.readLedger('http')).requests).toBe(0)
})
