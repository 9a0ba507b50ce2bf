import { defineScenario, type RunIteration } from 'sessionbench'

// The environment says which file is read and how steps are named, so that every test shares this file.
const { FEED: csv = 'numbers.csv', STEPS: steps } = process.env
const rowsShown = 12

export default defineScenario({
  question: 'Do all arms get the same rows?',
  workload: { model: 'closed', concurrency: 1 },
  feed: { csv, order: 'random' },
  baseline: 'a',
  isolation: 'shared',
  variants: {
    a: ({ rowOf }) => show('a', rowOf),
    b: ({ rowOf }) => show('b', rowOf),
  },
})

function show(arm: string, rowOf: (index: number) => unknown): RunIteration {
  let previous = -1
  let isMeasured = false
  return async (_, { index, data, step }) => {
    // The measured iterations are counted from 0 again.
    if (index < previous) isMeasured = true
    previous = index
    if (isMeasured && index < rowsShown) console.error(`row ${arm} ${index} ${JSON.stringify(data)}`)
    if (data !== rowOf(index)) throw new Error('another row')
    await step(steps === undefined ? 'only' : `step ${index}`, () => new Promise((resolve) => setTimeout(resolve, 1)))
  }
}
