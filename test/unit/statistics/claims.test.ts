import { describe, expect, test } from 'vitest'
import type { Claim } from '../../proofs/claim.ts'
import { claims } from '../../proofs/statistics-claims.ts'
import { tryClaim } from '../../proofs/try-claim.ts'

// The short form of `node test/proofs/statistics.ts`: few trials, so it finds what is plainly broken, not what is slightly off.
const trials = 60

describe.each([...Map.groupBy(claims, ({ group }) => group)])('%s', (_, members) => {
  test.each(members.map((claim, index) => ({ claim, name: claim.name, seed: index })))('$name', ({ claim, seed }) => {
    const { share, isKept } = tryClaim(claim, { trials, seed })
    expect(isKept, `came true in ${share} of trials, allowed ${claim.allowed}`).toBe(true)
  })
})

test.each([
  { chance: 0.05, isKept: true },
  { chance: 0.4, isKept: false },
])('a claim of at most 5 % that is true in $chance of all cases, kept: $isKept', ({ chance, isKept }) => {
  const claim: Claim = { group: '', name: '', allowed: [0, 0.05], trial: (random) => random() < chance }
  expect(tryClaim(claim, { trials, seed: 1 }).isKept).toBe(isKept)
})
