import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startLoopDelay } from '../../../src/probe/loop-delay.ts'

function block(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

it('sees a blocked event loop, to the end of the time and not beyond it', async () => {
  using watch = startLoopDelay()
  await sleep(50)
  block(200)
  const { eventLoopDelayP99Us, eventLoopDelayMaxUs } = await watch.read()
  // The timer was due up to 20 ms after the loop was blocked.
  expect(eventLoopDelayMaxUs).toBeGreaterThanOrEqual(175_000)
  expect(eventLoopDelayMaxUs).toBeGreaterThanOrEqual(eventLoopDelayP99Us)

  block(200)
  using next = startLoopDelay()
  expect(await next.read()).toEqual({ eventLoopDelayP99Us: 0, eventLoopDelayMaxUs: 0 })
})
