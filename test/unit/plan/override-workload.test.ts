import { expect, it } from 'vitest'
import { overrideWorkload } from '../../../src/plan/override-workload.ts'

const all = { concurrency: 5, arrivalRate: 9, maxInFlight: 3 }

it.each(['autocannon', 'micro'] as const)('a workload of the %s engine stays as it is', (model) => {
  const workload = { model } as Parameters<typeof overrideWorkload>[0]
  for (const options of [all, { arrivalRate: 9 }, {}]) expect(overrideWorkload(workload, options)).toBe(workload)
})

it('a workload of the raw engine may become an open loop, and stays its', () => {
  const workload = { model: 'raw', iterationTimeoutMs: 10_000 } as const
  expect(overrideWorkload(workload, {})).toBe(workload)
  const open = overrideWorkload(workload, { arrivalRate: 9, maxInFlight: 3 })
  expect(open).toMatchObject({ model: 'open', engine: 'raw', arrivalRate: 9, maxInFlight: 3 })
  expect(overrideWorkload(open, { arrivalRate: 20 })).toMatchObject({ engine: 'raw', arrivalRate: 20 })
})
