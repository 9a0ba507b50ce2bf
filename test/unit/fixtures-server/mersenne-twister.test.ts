import { expect, test } from 'vitest'
import { MersenneTwister } from '../../../fixtures-server/mersenne-twister.ts'

// From CPython 3.11: random.seed(s); [random.randint(0, 255) for _ in range(8)]; random.random()
test.each([
  [0n, [197, 215, 20, 132, 248, 207, 155, 244], 0.3580493746949883],
  [42n, [57, 12, 140, 125, 114, 71, 52, 44], 0.5904925124490397],
  [-7n, [165, 77, 202, 24, 37, 48, 187, 29], 0.9097040631431023],
  [2n ** 70n + 5n, [239, 199, 243, 188, 178, 172, 5, 199], 0.10292206642091473],
])('seed %s draws what Python draws', (seed, bytes, next) => {
  const twister = new MersenneTwister(seed)
  expect([...twister.bytes(8)]).toEqual(bytes)
  expect(twister.next()).toBe(next)
})
