import { expect, it } from 'vitest'
import { sumStatuses } from '../../../src/sample/statuses.ts'

it('adds statuses up, and tells none where nobody does', () => {
  expect(sumStatuses([{ 200: 2 }, undefined, { 200: 1, 404: 5 }])).toEqual({ 200: 3, 404: 5 })
  expect(sumStatuses([undefined, undefined])).toBeUndefined()
  expect(sumStatuses([{}])).toEqual({})
})
