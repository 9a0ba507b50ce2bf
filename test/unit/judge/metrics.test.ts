import { expect, it } from 'vitest'
import { judgeComparison } from '../../../src/judge/judge-comparison.ts'
import { metrics } from '../../../src/judge/metrics.ts'
import { makeQuads } from './make-block.ts'
import { makeOptions, wobble } from './make-options.ts'

it('finds an arm that does everything at half the cost faster in every metric, with its ratio', () => {
  // b sends half as many requests: what is counted per request must not change by that.
  const blocks = makeQuads(8, (arm, round) =>
    arm === 'a'
      ? { latencyUs: 10_000 * wobble(round), requests: 400, cpuUserUs: 4_000, cpuSystemUs: 6_000 }
      : { latencyUs: 5_000 * wobble(round), requests: 200, cpuUserUs: 1_500, cpuSystemUs: 1_000 },
  )
  const [contrast] = judgeComparison(makeOptions(blocks)).contrasts
  expect(contrast?.metrics.map(({ metric, verdict, ratio }) => [metric.name, metric.better, verdict, ratio])).toEqual([
    ['throughput', 'higher', 'faster', expect.closeTo(2, 2)],
    ['latency.p50', 'lower', 'faster', expect.closeTo(0.5, 2)],
    ['latency.p90', 'lower', 'faster', expect.closeTo(0.5, 2)],
    ['latency.p99', 'lower', 'faster', expect.closeTo(0.5, 2)],
    ['cpuPerRequest', 'lower', 'faster', expect.closeTo(0.5, 6)],
  ])
})

it('goes by the name that a metric is asked for, and asks more of a figure that varies more', () => {
  for (const [name, metric] of Object.entries(metrics)) expect(metric.name).toBe(name)
  const margins = ['latency.p50', 'latency.p90', 'latency.p99'] as const
  expect(margins.map((name) => metrics[name].marginPercent)).toEqual([3, 5, 10])
})
