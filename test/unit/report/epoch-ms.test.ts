import fc from 'fast-check'
import { expect, it } from 'vitest'
import { epochMsOf } from '../../../src/report/epoch-ms.ts'

it('agrees with Date', () => {
  const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  fc.assert(fc.property(dates, (date) => epochMsOf(date.toISOString()) === date.getTime()))
  expect(epochMsOf('2024-02-29T23:59:59Z')).toBe(Date.parse('2024-02-29T23:59:59Z'))
})
