import { expect, it } from 'vitest'
import { busyConnections } from '../../../../src/tune/search/littles-law.ts'

it('is L = λW', () => {
  expect(busyConnections(200, 50)).toBe(10)
})
