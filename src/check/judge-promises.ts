import type { Calibration } from '../document/calibration-model.ts'
import type { Results } from '../document/model.ts'
import { isSameTarget, type RecordedTarget } from '../plan/target-key.ts'
import { sameFingerprint } from '../sample/same-fingerprint.ts'
import { cpuMarginOf } from './compare-figures.ts'

/**
 * What a check of these results would promise and this machine cannot keep: limits finer than the smallest change that its
 * calibration says is caught. Empty when every promise can be kept.
 */
export function findEmptyPromises(results: Results, calibration: Calibration): string[] {
  const { isSame, differences } = sameFingerprint(calibration.environment, results.environment)
  if (!isSame) return [`the calibration is of another setting (${differences.join(', ')}): calibrate here`]
  return results.scenarios.flatMap(({ name, comparisons }) =>
    comparisons.flatMap(({ id, target, isolation, thresholds, judging }) => {
      const place = `${name}, ${id}`
      const smallest = findSmallest(calibration, { scenario: name, label: id, target })
      if (smallest === undefined) return [`${place}: not calibrated, so nobody knows what would be caught`]
      const ratios = thresholds.filter(({ limit }) => limit === 'maxRatio')
      return [
        ...ratios.flatMap(({ arm, metric, expected }) =>
          refuse(`${place}: ${arm} ${metric} maxRatio ${expected}`, Math.abs(expected - 1) * 100, smallest(metric)),
        ),
        // Only processes of their own make CPU time of two runs a gate.
        ...(isolation === 'process'
          ? refuse(`${place}: CPU time per request`, cpuMarginOf({ judging }), smallest('cpuPerRequest'))
          : []),
      ]
    }),
  )
}

function refuse(what: string, promisedPercent: number, smallestPercent: number | null | undefined): string[] {
  if (smallestPercent === undefined) return []
  if (smallestPercent !== null && smallestPercent <= promisedPercent) return []
  const caught =
    smallestPercent === null ? 'none is caught' : `the smallest that is caught is ${round(smallestPercent)} %`
  return [`${what} is about a change of ${round(promisedPercent)} %, and here ${caught}: give it a larger budget`]
}

/** The smallest change of a metric that is caught in the noisiest variant; null: none; undefined: the metric is not known. */
function findSmallest(
  { noise }: Calibration,
  place: RecordedTarget & { readonly scenario: string },
): ((metric: string) => number | null | undefined) | undefined {
  const floors = noise.filter(
    ({ scenario, comparison: label, target }) => scenario === place.scenario && isSameTarget({ label, target }, place),
  )
  if (floors.every(({ metrics }) => metrics.length === 0)) return undefined
  return (metric) => {
    const found = floors.flatMap(({ metrics }) => metrics.filter((each) => each.metric === metric))
    if (found.length === 0) return undefined
    const changes = found.map(({ smallestChangePercent }) => smallestChangePercent ?? Number.POSITIVE_INFINITY)
    const worst = Math.max(...changes)
    return Number.isFinite(worst) ? worst : null
  }
}

function round(percent: number): string {
  return String(Number(percent.toPrecision(2)))
}
