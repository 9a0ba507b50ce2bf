import { at } from '../session/at.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { judgeFamily } from './judge-comparison.ts'
import type { ComparisonRun, ScenarioRun } from './judge-run.ts'

/**
 * Where versions of the code are compared, every comparison is a gate: their primary metrics are judged again as one family,
 * so that many tables do not add up to many false alarms. Tables of variants stand for themselves and stay as they are.
 */
export function judgeTogether(runs: readonly ScenarioRun[]): ScenarioRun[] {
  const gates = runs.filter(({ plan }) => plan.versions !== undefined).flatMap(({ comparisons }) => comparisons)
  const family = judgeFamily(gates.map((run) => ({ ...run, blocks: run.kept })))
  const primaries = new Map(gates.map((run, index) => [run, at(family, index)]))
  return runs.map(({ plan, comparisons }) => ({
    plan,
    comparisons: comparisons.map((run) => withPrimaries(run, primaries.get(run) ?? [])),
  }))
}

function withPrimaries(run: ComparisonRun, primaries: readonly Comparison[]): ComparisonRun {
  const { judgement } = run
  const contrasts = judgement.contrasts.map((contrast, index) => {
    const primary = primaries[index] ?? contrast.primary
    const metrics = contrast.metrics.map((metric) => (metric === contrast.primary ? primary : metric))
    return { ...contrast, primary, metrics }
  })
  return { ...run, judgement: { ...judgement, contrasts } }
}
