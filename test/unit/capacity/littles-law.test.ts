import { expect, it } from 'vitest'
import { busyConnections, connectionLimitedRate } from '../../../src/capacity/littles-law.ts'

it('L = λW, both ways', () => {
  expect(busyConnections(200, 50)).toBe(10)
  expect(connectionLimitedRate(10, 50)).toBe(200)
})
