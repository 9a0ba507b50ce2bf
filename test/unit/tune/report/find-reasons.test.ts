import { describe, expect, it } from 'vitest'
import { findReasons } from '../../../../src/tune/report/find-reasons.ts'
import type { TuningRun } from '../../../../src/tune/tuning-run.ts'

const setting = { id: 'connections=8', size: 8 }
const seen = { sizes: [], rates: [], ledger: null, nearest: null }

function reasonsOf(run: object, rows: object = {}): string[] {
  const parts = {
    ...{ plan: { budgetMs: 60_000 }, end: { state: 'done' }, rounds: [], probes: [], open: [], blocks: [] },
    search: { space: { sizeName: 'connections' }, objective: [] },
    conclusion: { state: 'recommended', setting, tried: [] },
  }
  return findReasons({ ...parts, ...run } as unknown as TuningRun, { ...seen, ...rows })
}

describe('a rate that was refused', () => {
  const refused = (busy: number) =>
    reasonsOf({
      search: { ratePerSecond: 500, space: { sizeName: 'connections' }, objective: [] },
      conclusion: { state: 'refused', setting: undefined, tried: [] },
      open: [{ block: { isClientLate: true } }, { block: { isClientLate: false } }],
      blocks: [
        { setting, block: { eventLoopUtilization: 1 } },
        { setting, ratePerSecond: 500, block: { eventLoopUtilization: busy } },
      ],
    })

  it('was too much for a generator whose event loop had no time left', () => {
    expect(refused(0.95)).toEqual([
      expect.stringMatching(
        /^refused: the generator was saturated in 1 of 2 blocks, its event loop up to 95 % busy, so that what failed may/,
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

it('a rate may be too much for a generator that has no time left', () => {
  const conclusion = {
    state: 'recommended',
    setting,
    tried: [],
    highest: { held: 100, failed: undefined, lateFrom: 200 },
  }
  const blocks = [{ setting, ratePerSecond: 200, block: { eventLoopUtilization: 0.99 } }]
  expect(reasonsOf({ conclusion, blocks })).toEqual([
    'from 200 per second on the generator was saturated: how much more the target holds is not known',
  ])
})

it('a busy client may be what was measured', () => {
  const rounds = [[{ setting, clientBusy: 0.96 }]]
  expect(reasonsOf({ conclusion: { state: 'refused', setting, tried: [] }, rounds })).toEqual([
    'refused: the client was 96 % busy at connections=8, so that these may be its figures; the server may carry more, and no size can be recommended for it',
  ])
  expect(reasonsOf({ rounds })).toEqual([])
  const outdone = [[{ setting, clientBusy: 0.7 }]]
  expect(reasonsOf({ conclusion: { state: 'refused', setting, tried: [] }, rounds: outdone })).toEqual([
    'refused: a second client process carries more, and more connections of this one do not, which was 70 % busy at connections=8: these are its figures; the server may carry more, and no size can be recommended for it',
  ])
})

it.each([
  ['more --budget may tell', { state: 'budget ended' }, /^the budget of 60 s ended before everything was clear/],
  ['whoever failed', { state: 'failed', message: 'the target stopped' }, /^the target stopped; this is what was known/],
  ['its user', { state: 'interrupted' }, /^interrupted: this is what was known by then$/],
])('an end is told by its cause: %s', (_, end, words) => {
  expect(reasonsOf({ end })).toEqual([expect.stringMatching(words)])
  expect(reasonsOf({})).toEqual([])
})

describe('the largest size that was tried', () => {
  const sizes = [4, 8].map((size) => ({ id: `connections=${size}`, size, succeeded: 9, failed: 0, failures: [] }))
  const probing = (gain: number) => ({
    probes: Array.from({ length: 4 }, () => [
      { kind: 'same', perSecond: 1_000 },
      { kind: 'larger', perSecond: 1_000 * (1 + gain) },
    ]),
  })
  const edge = '8 is the most connections that were tried: more may carry more (--vary connections=1..32)'

  it.each([
    ['nothing larger was looked at', {}, [edge]],
    ['twice as many carry more', probing(0.9), [edge]],
    ['twice as many carry no more', probing(0), []],
    [
      'a smaller one was chosen',
      { conclusion: { state: 'recommended', setting: { id: 'connections=4', size: 4 } } },
      [],
    ],
  ])('may be too small: %s', (_, run, reasons) => expect(reasonsOf(run, { sizes })).toEqual(reasons))
})

describe('rates', () => {
  const search = { space: { sizeName: 'connections' }, objective: [], highestRatePerSecond: 900 }
  const rated = (highest: object) =>
    reasonsOf({
      search,
      open,
      plan: { budgetMs: 60_000 },
      conclusion: { state: 'recommended', setting, tried: [], highest },
    })
  const open = [{ block: { course: { stepMs: 2_000, arrived: Array(20).fill(100) } } }]

  it.each([
    [
      'the generator was late',
      { held: 100, lateFrom: 200 },
      ['from 200 per second on the generator was late: how much more the target holds is not known'],
    ],
    ['it was, and the target failed before', { held: 100, failed: 105, lateFrom: 200 }, []],
    ['the cap is reached', { held: 900 }, ['900 per second is the cap: --max-rate raises it']],
    ['it is not', { held: 899 }, []],
    [
      'the bracket is wide',
      { held: 100, failed: 150 },
      ['what held and what failed are 50 % apart, too wide for an answer: more --budget may tell'],
    ],
    [
      'it is not as narrow as it could be',
      { held: 100, failed: 109 },
      ['what held and what failed are 9.0 % apart: more --budget may tell'],
    ],
    [
      'what is carried is known to half of what is wanted, after 40 s',
      { held: 100, failed: 109, estimate: { perSecond: 104, low: 99.341, high: 108.659 } },
      ['what held and what failed are 9.0 % apart: about --budget 210s would bring them within 5 %'],
    ],
    [
      'it is hopeless',
      { held: 100, failed: 190, estimate: { perSecond: 140, low: 100, high: 180 } },
      [
        'what held and what failed are 90 % apart, too wide for an answer: what is carried varies too much here to tell it closer',
      ],
    ],
    ['it is narrow', { held: 100, failed: 105 }, []],
  ])('%s', (_, highest, reasons) => expect(rated(highest)).toEqual(reasons))
})

it('what is still in doubt is named, and nothing else', () => {
  const tried = ['unclear', 'enough'].map((state, index) => ({ setting: { id: `n=${index}` }, standing: { state } }))
  expect(reasonsOf({ conclusion: { state: 'likely', setting, tried } })).toEqual([
    'still in doubt: n=0; more --budget may tell',
  ])
  expect(reasonsOf({ conclusion: { state: 'recommended', setting, tried } })).toEqual([])
})
