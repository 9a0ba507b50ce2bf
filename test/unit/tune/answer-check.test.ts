import { expect, it } from 'vitest'
import type { CheckedBlock } from '../../../src/run/arm-under-test.ts'
import type { FailureCode } from '../../../src/sample/outcome.ts'
import { makeAnswerCheck } from '../../../src/tune/answer-check.ts'
import type { Setting } from '../../../src/tune/search/setting.ts'
import { makeBlock } from '../judge/make-block.ts'

const [small, large] = [4, 16].map((size) => ({ id: `connections=${size}`, size }) as Setting) as [Setting, Setting]
const answered = makeBlock({ arm: 'a' }) as CheckedBlock
const failing = (code: FailureCode) =>
  makeBlock({ arm: 'a', succeeded: 0, failed: 5, failures: [{ code, count: 5, message: 'm' }] }) as CheckedBlock

/** What is said when the larger setting fails for this, and the smaller one, which had answers, too. */
async function saidOf(code: FailureCode, again = failing(code)) {
  let nowMs = 4_500
  const check = makeAnswerCheck({ runClosed: async () => again }, { spentMs: () => nowMs })
  await check(small, answered)
  nowMs = 9_000
  return check(large, failing(code)).catch((error: Error) => error.message)
}

it.each<[FailureCode, string]>([
  ['timeout', 'the target stopped answering 4.5 s into the tuning: timeout: m'],
  ['reset', 'the target stopped answering 4.5 s into the tuning: reset: m'],
  ['refused', 'the target stopped taking connections 4.5 s into the tuning: refused: m'],
  ['ports-exhausted', 'iterations stopped succeeding 4.5 s into the tuning: ports-exhausted: m'],
  ['dns', 'iterations stopped succeeding 4.5 s into the tuning: dns: m'],
  ['other', 'iterations stopped succeeding 4.5 s into the tuning: other: m'],
])('blames who it was: %s', async (code, words) => expect(await saidOf(code)).toBe(words))

it('says nothing where the smaller setting is still answered, or a status came', async () => {
  expect(await saidOf('timeout', answered)).toMatchObject({ failed: 5 })
  expect(await saidOf('status')).toMatchObject({ failed: 5 })
})
