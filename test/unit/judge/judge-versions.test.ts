import { expect, it } from 'vitest'
import { judgeVersions } from '../../../src/judge/judge-versions.ts'
import type { CodeVersion, ComparisonPlan } from '../../../src/plan/plan.ts'
import { makeQuads } from './make-block.ts'
import { planWith } from './make-options.ts'

const code = (role: CodeVersion['role']): CodeVersion => ({
  role,
  label: role,
  scenarioUrl: 'file:///t.ts',
  imports: [],
})

/** Arm a is of one version, b of the other; undefined leaves it without. */
function planOf(
  a: CodeVersion['role'] | undefined,
  b: CodeVersion['role'] | undefined,
  more: Partial<ComparisonPlan> = {},
) {
  const plan = planWith()
  const roles = [a, b]
  const arms = plan.arms.map((arm, index) => {
    const role = roles[index]
    return role === undefined ? arm : { ...arm, code: code(role) }
  })
  return { ...plan, ...more, arms }
}

/** b opens a connection for every tenth request, a none. */
const blocks = makeQuads(2, (arm, round) => {
  const requests = 100 + 10 * round
  return {
    requests,
    wire: {
      connectionsOpened: arm === 'b' ? requests / 10 : 0,
      bytesSent: arm === 'b' ? 101 * requests : 100 * requests,
    },
  }
})
const stateOf = (plan: ComparisonPlan, counter: string) =>
  judgeVersions(plan, blocks)?.find((finding) => finding.counter === counter)

it('judges the counters of head by those of base', () => {
  expect(stateOf(planOf('base', 'head'), 'bytesSentPerRequest')).toMatchObject({
    expected: 100,
    actual: 101,
    state: 'worse',
  })
  expect(stateOf(planOf('head', 'base'), 'bytesSentPerRequest')).toMatchObject({
    expected: 101,
    actual: 100,
    state: 'better',
  })
})

it("judges by the plan's tolerances, workload and target", () => {
  const tolerant = planOf('base', 'head', { tolerances: { bytesSentPerRequest: 1 } })
  expect(stateOf(tolerant, 'bytesSentPerRequest')?.state).toBe('same')
  expect(stateOf(tolerant, 'connectionsPerRequest')).toMatchObject({ form: 'pool', expected: 0 })
  const open = { ...planWith().workload, model: 'open', maxInFlight: 7 } as ComparisonPlan['workload']
  expect(stateOf(planOf('base', 'head', { workload: open }), 'connectionsPerRequest')).toMatchObject({ expected: 7 })
  const target = { kind: 'fixture', conditions: { keepAliveTimeoutMs: 5 } } as ComparisonPlan['target']
  expect(stateOf(planOf('base', 'head', { target }), 'connectionsPerRequest')?.form).toBe('varies')
})

it('has nothing to judge where a version is missing', () => {
  expect(judgeVersions(planOf('base', 'head'), blocks)).toBeDefined()
  expect(judgeVersions(planOf('base', undefined), blocks)).toBeUndefined()
  expect(judgeVersions(planOf(undefined, 'head'), blocks)).toBeUndefined()
  expect(judgeVersions(planWith(), blocks)).toBeUndefined()
})
