import { defineScenario } from 'sessionbench'
import { get } from 'sessionbench/session'

// One scenario, many ways to go wrong: the environment says which, so that every test shares this file.
const fault = process.env.FAULT
let count = 0

/** Nothing else runs in this thread meanwhile. */
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** Whether iterations have followed one another for so long that this is no warm-up, which the tests keep to 50 ms. */
const load = { sinceMs: 0, lastMs: 0 }
const isMeasuring = () => {
  const nowMs = performance.now()
  if (nowMs - load.lastMs > 40) load.sinceMs = nowMs
  load.lastMs = nowMs
  return nowMs - load.sinceMs > 200
}
let hasBlocked = false

if (fault === 'hangs at import') {
  console.error('importing')
  await new Promise(() => {})
}

export default defineScenario({
  question: 'What if an arm goes wrong?',
  workload: { model: 'closed', concurrency: 2, iterationTimeoutMs: fault === 'blocks for 10 s' ? 20_000 : 300 },
  baseline: 'healthy',
  isolation: 'shared',
  variants: {
    healthy:
      ({ target }) =>
      (signal) =>
        get(target.url('/get'), { signal }),
    faulty: ({ target }) => {
      if (fault === 'says when it is made') console.error('made')
      if (fault === 'throws at start') throw new Error('no variant today')
      return async (signal) => {
        count++
        console.error(`iteration ${Math.min(count, 3)}`)
        if (fault === 'throws always') throw new Error('never works')
        if (fault === 'throws sometimes' && count % 10 === 0) throw new Error('works mostly')
        if (fault === 'waits for its signal')
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        if (fault === 'blocks' && count > 2) block(3_600_000)
        if (fault === 'blocks for 10 s' && isMeasuring() && !hasBlocked) {
          hasBlocked = true
          block(10_000)
        }
        if (fault === 'never ends') await new Promise(() => {})
        if (fault === 'exits' && count > 2) process.exit(7)
        if (fault === 'answers 404') return get(target.url('/nowhere'), { signal })
        return get(target.url('/get'), { signal })
      }
    },
  },
})
