import { expect, it } from 'vitest'
import * as harness from '../../src/index.ts'

// What programs and scenarios may import from 'sessionbench'. A name that is added or lost here is a change of the API.
it("pins the names of 'sessionbench'", () => {
  expect(Object.keys(harness).sort()).toEqual([
    'BenchError',
    'UsageError',
    'compare',
    'defineScenario',
    'resultsSchema',
    'run',
  ])
})
