import { defineScenario } from 'sessionbench'
import { get } from 'sessionbench/session'

// One scenario, many ways to go wrong: the environment says which, so that every test shares this file.
const fault = process.env.FAULT
let count = 0

export default defineScenario({
  question: 'What if an arm goes wrong?',
  workload: { model: 'closed', concurrency: 2, iterationTimeoutMs: 300 },
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
        if (fault === 'never ends') await new Promise(() => {})
        if (fault === 'exits' && count > 2) process.exit(7)
        if (fault === 'answers 404') return get(target.url('/nowhere'), { signal })
        return get(target.url('/get'), { signal })
      }
    },
  },
})
