import { expect, test } from 'vitest'
import { rangeOf } from '../../../../fixtures-server/routes/range-of.ts'

const whole = { first: 0, last: 99 }

test.each([
  [undefined, whole],
  ['bytes=0-', whole],
  ['bytes=10-19', { first: 10, last: 19 }],
  ['bytes=99-', { first: 99, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-1000', whole],
  ['items=1-2', whole],
  ['bytes=-', whole],
  ['bytes=1-2,5-6', whole],
  ['bytes=100-', undefined],
  ['bytes=20-10', undefined],
  ['bytes=0-100', undefined],
  ['bytes=-0', undefined],
])('%s of 100 bytes', (field, range) => {
  expect(rangeOf({ rawHeaders: field === undefined ? [] : ['Range', field] }, 100)).toEqual(range)
})
