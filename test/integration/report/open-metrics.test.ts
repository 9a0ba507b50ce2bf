import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderOpenMetrics } from '../../../src/report/open-metrics.ts'
import { documents, empty, hostile, hostileArm, makeHostile, manifold } from '../../unit/report/documents.ts'
import { hostileText } from '../../unit/report/hostile-text.ts'
import { isInstalled } from '../session/debian-servers.ts'

interface Sample {
  readonly family: string
  readonly type: string
  readonly unit: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const python = '/usr/bin/python3'
const program = fileURLToPath(new URL('./read-open-metrics.py', import.meta.url))
const hasParser = isInstalled(`${python} && ${python} -c 'import prometheus_client'`, 'python3-prometheus-client')

/** The samples as the reference parser reads them; throws what the parser objects to. */
function read(text: string): Sample[] {
  const output = execFileSync(python, [program], { input: text, encoding: 'utf8', stdio: 'pipe' })
  return JSON.parse(output) as Sample[]
}

describe.runIf(hasParser)("OpenMetrics text, read by Prometheus's own parser", () => {
  it.each(Object.entries({ ...documents, empty, hostile, manifold }))(
    'is well-formed for a run that is %s',
    (_, results) => {
      const samples = read(renderOpenMetrics(results))
      expect(samples.length).toBeGreaterThan(0)
    },
  )

  it('is well-formed whatever the names are, and holds them', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const samples = read(renderOpenMetrics(makeHostile(manifold, text)))
        expect(samples.length).toBe(read(renderOpenMetrics(makeHostile(manifold, 'x'))).length)
        const arms = samples.flatMap(({ labels }) => labels.arm ?? [])
        expect([...new Set(arms)].sort()).toEqual([`${text.toWellFormed()}a`, `${text.toWellFormed()}b`].sort())
      }),
      { numRuns: 15 },
    )
  })

  it('would notice text that is not', () => {
    const text = renderOpenMetrics(manifold)
    expect(() => read(text.replace('# EOF\n', ''))).toThrow(/EOF/)
    expect(() => read(text.replace('_seconds summary', ' summary'))).toThrow()
  })

  it('holds the figures of the document in base units', () => {
    const samples = read(renderOpenMetrics(documents.held))
    const [comparison] = documents.held.scenarios.flatMap(({ comparisons }) => comparisons)
    for (const arm of comparison?.arms ?? []) {
      const find = (name: string, labels: Record<string, string> = {}) =>
        samples.find((sample) =>
          [
            sample.name === name,
            ...Object.entries({ arm: arm.id, ...labels }).map(([key, value]) => sample.labels[key] === value),
          ].every(Boolean),
        )
      expect(find('sessionbench_latency_seconds', { quantile: '0.5' })?.value).toBeCloseTo(arm.latency.p50Us / 1e6, 9)
      expect(find('sessionbench_latency_seconds_count')).toMatchObject({ value: arm.latency.count, unit: 'seconds' })
      expect(find('sessionbench_connections_total')).toMatchObject({ value: arm.carriers.connections, type: 'counter' })
    }
    const verdicts = samples.filter(({ name, value }) => name === 'sessionbench_verdict' && value === 1)
    expect(verdicts.map(({ labels }) => labels.sessionbench_verdict)).toEqual(['faster'])
  })

  it('keeps hostile names whole', () => {
    const arms = read(renderOpenMetrics(hostile)).map(({ labels }) => labels.arm)
    expect(arms).toContain(`${hostileArm.toWellFormed()}b`)
  })
})
