import { describe, expect, it } from 'vitest'
import { makeSilenceWatch, TargetSilent } from '../../../src/run/silence-watch.ts'
import { makeBlock } from '../judge/make-block.ts'

const answered = makeBlock({ arm: 'a' })
/** Ten workers that wait for an answer since `lastAnswerMs`. */
const silentSince = (lastAnswerMs: number, elapsedMs: number, more: object = {}) => ({
  ...makeBlock({ arm: 'a' }),
  ...{ succeeded: lastAnswerMs > 0 ? 40 : 0, failed: 10, lastAnswerMs, elapsedMs, unanswered: 10, ...more },
})

function watchAt(nowMs: { value: number }) {
  return makeSilenceWatch(() => nowMs.value)
}

describe('makeSilenceWatch', () => {
  it('says when the target stopped, once nothing has ended by itself for a while', () => {
    const now = { value: 4_000 }
    const watch = watchAt(now)
    watch('a', answered)
    now.value = 10_000
    expect(() => watch('a', silentSince(500, 6_000))).toThrow(
      'the target stopped answering 4.5 s into the comparison: with a under load nothing ended by itself in the last 5.5 s, and 10 iterations were aborted or failed',
    )
  })

  it('says how much was printed while nothing ended, where that can be why', () => {
    const watch = watchAt({ value: 1_000 })
    watch('a', answered, 50_000_000)
    watch('a', silentSince(0, 1_900), 900_000)
    expect(() => watch('a', silentSince(0, 1_900), 700_000)).toThrow(/aborted or failed; it printed 2 MB meanwhile, .*/)
    watch('a', answered)
    expect(() => watch('a', silentSince(0, 2_900), 900_000)).toThrow(/aborted or failed$/)
  })

  it('adds up blocks in which none was answered, of all arms', () => {
    const now = { value: 1_000 }
    const watch = watchAt(now)
    watch('a', answered)
    for (const arm of ['a', 'b']) {
      now.value += 900
      watch(arm, silentSince(0, 900))
    }
    now.value += 900
    expect(() => watch('a', silentSince(0, 900))).toThrow(TargetSilent)
  })

  it('bears with a stall, and begins anew when there was an answer', () => {
    const watch = watchAt({ value: 9_000 })
    watch('a', answered)
    for (let stall = 0; stall < 5; stall++) {
      watch('a', silentSince(100, 1_600))
      watch('b', answered)
    }
  })

  it('leaves a target that never answered to the warm-up, which has its error', () => {
    watchAt({ value: 9_000 })('a', silentSince(0, 9_000))
  })

  it.each([
    ['the target stopped taking connections', { unanswered: 0, unconnected: 3 }],
    [
      'a stopped, its event loop blocked for 1.2 s at a time,',
      { unanswered: 10, unconnected: 3, eventLoopDelayMaxUs: 1_200_000 },
    ],
    ['the target stopped answering', { unanswered: 10, eventLoopDelayMaxUs: 900_000 }],
    ['a stopped, though no request of its was waiting for the target,', { unanswered: 0, unconnected: 0 }],
  ])('blames who it was: %s', (words, more) => {
    const watch = watchAt({ value: 9_000 })
    watch('a', answered)
    expect(() => watch('a', silentSince(100, 5_000, more))).toThrow(words)
  })
})
