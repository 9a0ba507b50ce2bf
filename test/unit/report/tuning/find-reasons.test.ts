import { describe, expect, it } from 'vitest'
import { findReasons } from '../../../../src/report/tuning/find-reasons.ts'
import type { TuningRun } from '../../../../src/tune/run-tuning.ts'

const setting = { id: 'connections=8', size: 8 }
const seen = { sizes: [], rates: [], ledger: null, nearest: null }

function reasonsOf(run: object): string[] {
  const parts = {
    ...{ plan: { budgetMs: 60_000 }, end: { state: 'done' }, rounds: [], open: [], blocks: [] },
    search: { space: { sizeName: 'connections' }, objective: [] },
    conclusion: { state: 'recommended', setting, tried: [] },
  }
  return findReasons({ ...parts, ...run } as unknown as TuningRun, seen)
}

describe('a rate that was refused', () => {
  const refused = (busy: number) =>
    reasonsOf({
      search: { ratePerSecond: 500, space: { sizeName: 'connections' }, objective: [] },
      conclusion: { state: 'refused', setting: undefined, tried: [] },
      open: [{ block: { isSentLate: true } }, { block: { isSentLate: false } }],
      blocks: [
        { setting, block: { eventLoopUtilization: 1 } },
        { setting, ratePerSecond: 500, block: { eventLoopUtilization: busy } },
      ],
    })

  it('was too much for a generator whose event loop had no time left', () => {
    expect(refused(0.95)).toEqual([
      expect.stringMatching(
        /^refused: the generator was saturated, it sent late in 1 of 2 blocks, so that what failed may/,
      ),
    ])
  })

  it('was sent late for another reason where it had some', () => {
    expect(refused(0.5)).toEqual([
      expect.stringMatching(
        /^refused: the generator sent late in 1 of 2 blocks, though its event loop was only 50 % busy, so/,
      ),
    ])
  })
})

it('a busy client may be what was measured', () => {
  const rounds = [[{ setting, clientBusy: 0.96 }]]
  expect(reasonsOf({ conclusion: { state: 'refused', setting, tried: [] }, rounds })).toEqual([
    'refused: the client was 96 % busy at connections=8, so that these may be its figures; the server may carry more, and no size can be recommended for it',
  ])
  expect(reasonsOf({ rounds })).toEqual([])
})

it.each([
  ['more --budget may tell', { state: 'budget ended' }, /^the budget of 60 s ended before everything was clear/],
  ['whoever failed', { state: 'failed', message: 'the target stopped' }, /^the target stopped; this is what was known/],
  ['its user', { state: 'interrupted' }, /^interrupted: this is what was known by then$/],
])('an end is told by its cause: %s', (_, end, words) => {
  expect(reasonsOf({ end })).toEqual([expect.stringMatching(words)])
  expect(reasonsOf({})).toEqual([])
})
