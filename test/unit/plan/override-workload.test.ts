import { expect, it } from 'vitest'
import { overrideWorkload } from '../../../src/plan/override-workload.ts'

const all = { concurrency: 5, arrivalRate: 9, maxInFlight: 3 }

it.each(['raw', 'micro'] as const)('a workload of the %s engine stays as it is', (model) => {
  const workload = { model } as Parameters<typeof overrideWorkload>[0]
  for (const options of [all, { arrivalRate: 9 }, {}]) expect(overrideWorkload(workload, options)).toBe(workload)
})
