import { expect, test } from 'vitest'
import { studentCentral, studentQuantile } from '../../../src/statistics/student-t.ts'
import { isWithin, scipy } from './vectors.ts'

test.each(scipy.student)("P(|T| ≤ $t) with $degrees degrees is scipy's $central", ({ t, degrees, central }) => {
  expect(studentCentral(t, degrees)).toSatisfy((value: number) => isWithin(value, central))
  expect(studentQuantile(central, degrees)).toSatisfy((value: number) => isWithin(value, t, 1e-8))
})

test.each([0, 1])('there is no t that holds a share of %d', (confidence) => {
  expect(() => studentQuantile(confidence, 5)).toThrow(RangeError)
})
