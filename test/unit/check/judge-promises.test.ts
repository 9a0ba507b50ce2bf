import { expect, it } from 'vitest'
import { findEmptyPromises } from '../../../src/check/judge-promises.ts'
import type { Calibration } from '../../../src/document/calibration-model.ts'
import type { Results } from '../../../src/document/model.ts'
import { settingNames } from '../../../src/sample/environment.ts'

const environment = { ...Object.fromEntries(settingNames.map((name) => [name, 'x'])), fingerprint: 'f' }

const threshold = { arm: 'session', metric: 'latency.p50', limit: 'maxRatio', expected: 1.04 }
const results = {
  environment,
  scenarios: [{ name: 's', comparisons: [{ id: 'http', isolation: 'process', thresholds: [threshold] }] }],
} as unknown as Results

function calibrated(p50: number | null, cpu: number | null, changes: object = {}): Calibration {
  const floor = (variant: string, factor: number) => ({
    ...{ scenario: 's', comparison: 'http', variant },
    metrics: [
      { metric: 'latency.p50', smallestChangePercent: p50 && p50 * factor },
      { metric: 'cpuPerRequest', smallestChangePercent: cpu && cpu * factor },
    ],
  })
  return { environment, noise: [floor('session', 1), floor('stateless', 0.5)], ...changes } as unknown as Calibration
}

it('keeps promises that the noise floor allows', () => {
  expect(findEmptyPromises(results, calibrated(3.5, 8))).toEqual([])
})

it('refuses limits that are finer than the smallest change of the noisiest variant', () => {
  expect(findEmptyPromises(results, calibrated(6.12, 14))).toEqual([
    's, http: session latency.p50 maxRatio 1.04 is about a change of 4 %, and here the smallest that is caught is 6.1 %: give it a larger budget',
    's, http: CPU time per request is about a change of 10 %, and here the smallest that is caught is 14 %: give it a larger budget',
  ])
  expect(findEmptyPromises(results, calibrated(null, 8))[0]).toContain('here none is caught')
})

it('promises of CPU time what it is held to, where that is wider', () => {
  const wide = {
    ...results,
    scenarios: results.scenarios.map((scenario) => ({
      ...scenario,
      comparisons: scenario.comparisons.map((each) => ({ ...each, judging: { margins: { cpuPerRequest: 0.14 } } })),
    })),
  } as unknown as Results
  expect(findEmptyPromises(wide, calibrated(3.5, 14))).toEqual([])
  expect(findEmptyPromises(wide, calibrated(3.5, 15))).toEqual([
    's, http: CPU time per request is about a change of 14 %, and here the smallest that is caught is 15 %: give it a larger budget',
  ])
})

it('promises nothing of what was not calibrated here', () => {
  expect(findEmptyPromises(results, calibrated(1, 1, { noise: [] }))).toEqual([
    's, http: not calibrated, so nobody knows what would be caught',
  ])
  const elsewhere = calibrated(1, 1, { environment: { ...environment, node: 'v1', fingerprint: 'g' } })
  expect(findEmptyPromises(results, elsewhere)).toEqual([
    'the calibration is of another setting (node: v1 → x): calibrate here',
  ])
})

it('knows a target by what it is, not by what it is called', () => {
  const target = { kind: 'fixture', protocol: 'http', rttMs: 0 }
  const known = calibrated(6.12, 8)
  const renamed = { ...known, noise: known.noise.map((floor) => ({ ...floor, comparison: 'plain', target })) }
  const [scenario] = results.scenarios
  const here = (profile: object) => ({
    ...results,
    scenarios: [{ ...scenario, comparisons: scenario?.comparisons.map((each) => ({ ...each, target: profile })) }],
  })
  const promisesAt = (profile: object) => findEmptyPromises(here(profile) as Results, renamed as Calibration)
  expect(promisesAt(target)).toEqual([expect.stringMatching(/the smallest that is caught is 6.1 %/)])
  expect(promisesAt({ ...target, rttMs: 20 })).toEqual([expect.stringMatching(/not calibrated/)])
})
