import { expect, it } from 'vitest'
import type { Tuning } from '../../../../src/tune/report/model.ts'
import { renderTuning } from '../../../../src/tune/report/text.ts'
import { plain } from '../../../../src/words/paint.ts'

interface Rates {
  readonly held?: number
  readonly failed?: number
  /** In single trials. */
  readonly tried?: readonly (readonly [ratePerSecond: number, state: 'held' | 'failed' | 'undecided'])[]
}

function render({ held, failed, tried = [], ...change }: Rates & Partial<Tuning>): string {
  const row = (ratePerSecond: number, state: string) => ({
    ...{ id: 'connections=1', size: 1, params: { connections: 1 }, isRecommended: false, ratePerSecond, state },
    ...{ throughputPerSecond: 190, p50Us: 1, p99Us: 1, succeeded: 1, failed: 0, failures: [], broken: [] },
    ...{ connections: 1, dropped: 0 },
  })
  const tuning = {
    ...{ scenario: 's', target: 't', objective: [], wantedRatePerSecond: null, sizeName: 'connections' },
    answer: { state: 'likely', params: { connections: 1 }, reasons: [], lossLimits: null, throughputPerSecond: null },
    highestRate: {
      ...{ heldPerSecond: held ?? null, failedPerSecond: failed ?? null, carried: null },
      isNarrow: held !== undefined && failed !== undefined,
    },
    ...{ sizes: [], rates: tried.map(([rate, state]) => row(rate, state)), snippets: [] },
    limit: { what: 'unknown', because: 'b' },
    ...{ whereTimeWent: null, littlesLaw: null, scalabilityLaw: null, ledger: null, elapsedMs: 1, seed: 1 },
    ...change,
  }
  return renderTuning(tuning as unknown as Tuning, { width: 1_000, paint: plain })
}

it.each<[string, Rates, string]>([
  ['both ends are known', { held: 195, failed: 205 }, '195 held, 205 failed: the highest lies between.'],
  ['nothing held', { failed: 205, tried: [[205, 'failed']] }, 'none was shown to hold, 205 failed.'],
  ['nothing failed', { held: 195, tried: [[195, 'held']] }, '195 held, none was shown to fail.'],
  [
    'what held does not agree with what is carried',
    {
      failed: 353,
      tried: [
        [195, 'held'],
        [353, 'failed'],
      ],
    },
    'none counts as held (195 did, and may be more than is carried), 353 failed.',
  ],
  [
    'what failed does not',
    {
      held: 195,
      tried: [
        [195, 'held'],
        [198, 'failed'],
      ],
    },
    '195 held, none counts as failed (198 did, and more seems to be carried).',
  ],
])('the bracket denies no row of its table: %s', (_, rates, words) => {
  expect(render(rates)).toContain(`Rates per second, in an open loop: ${words}`)
})

it('says that no rate was tried, where one was asked for', () => {
  const words = 'none was tried, so that the highest is not known'
  expect(render({ highestRate: null })).toContain(words)
  expect(render({ highestRate: null, wantedRatePerSecond: 100 })).not.toContain(words)
  expect(render({ held: 100 })).not.toContain(words)
})
