import { type ArmResult, type ComparisonResult, comparisonResultSchema, type Results } from '../document/model.ts'
import type { Comparison } from '../statistics/comparison.ts'
import { validities } from '../statistics/verdict.ts'
import { plainSecondsOfUs } from '../words/format.ts'
import { type ListedArm, listArms, tellScenariosApart } from './list-arms.ts'

type Labels = readonly (readonly [name: string, value: string])[]

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'summary' | 'stateset' | 'info'
  readonly unit?: string
  readonly help: string
  readonly samples: readonly string[]
}

/** OpenMetrics 1.0 text: base units (seconds), no time stamps, so that it can be pushed or scraped as it is. */
export function renderOpenMetrics(document: Results): string {
  const results = tellScenariosApart(document)
  const families = [
    makeRunInfo(results),
    ...makeArmFamilies(listArms(results)),
    ...makeComparisonFamilies(results),
  ].filter(({ samples }) => samples.length > 0)
  return `${families.map(renderFamily).join('')}# EOF\n`
}

function renderFamily({ name, type, unit, help, samples }: Family): string {
  const unitLine = unit === undefined ? [] : [`# UNIT ${name} ${unit}`]
  return `${[`# TYPE ${name} ${type}`, ...unitLine, `# HELP ${name} ${help}`, ...samples].join('\n')}\n`
}

function makeRunInfo({ seed, schemaVersion, partial, environment }: Results): Family {
  const facts = Object.entries(environment).filter((fact): fact is [string, string] => typeof fact[1] === 'string')
  const labels: Labels = [
    ['seed', String(seed)],
    ['schema_version', String(schemaVersion)],
    ['partial', String(partial)],
    ...facts.map(([name, value]) => [`environment_${toSnakeCase(name)}`, value] as const),
  ]
  return {
    name: 'sessionbench_run',
    type: 'info',
    help: 'What was run, and where.',
    samples: [renderSample('sessionbench_run_info', labels, '1')],
  }
}

function makeArmFamilies(arms: readonly ListedArm[]): Family[] {
  const each = (render: (arm: ArmResult, labels: Labels) => string[]) =>
    arms.flatMap((listed) => render(listed.arm, labelsOf(listed)))
  return [
    {
      name: 'sessionbench_latency_seconds',
      type: 'summary',
      unit: 'seconds',
      help: 'Latency of successful iterations: response time in an open loop, service time in a closed one.',
      samples: each(renderLatency),
    },
    {
      name: 'sessionbench_latency_max_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'The longest latency of a successful iteration.',
      samples: each(({ latency }, labels) =>
        latency.count === 0
          ? []
          : [renderSample('sessionbench_latency_max_seconds', labels, plainSecondsOfUs(latency.maxUs))],
      ),
    },
    {
      name: 'sessionbench_throughput',
      type: 'gauge',
      help: 'Successful iterations per second.',
      samples: each(({ throughputPerSecond }, labels) => [
        renderSample('sessionbench_throughput', labels, String(throughputPerSecond)),
      ]),
    },
    makeCounter('iterations', 'Iterations measured, by how they ended.', each, ({ succeeded, failed }) => [
      ['result', 'succeeded', succeeded],
      ['result', 'failed', failed],
    ]),
    {
      name: 'sessionbench_failures',
      type: 'counter',
      help: 'Failed iterations by what they failed with; a status is that of the response.',
      samples: each(({ failures }, labels) =>
        failures.map(({ code, status, count }) =>
          renderSample(
            'sessionbench_failures_total',
            [...labels, ['code', code], ...(status === undefined ? [] : [['status', String(status)] as const])],
            String(count),
          ),
        ),
      ),
    },
    makeCounter('requests', 'HTTP requests sent; redirects and resends count each.', each, ({ wire }) => [
      [undefined, '', wire.requests],
    ]),
    makeCounter(
      'connections',
      'Connections that the measured requests went over, those opened in the warm-up included.',
      each,
      ({ carriers }) => [[undefined, '', carriers.connections]],
    ),
    makeCounter('handshakes', 'TLS handshakes of those connections.', each, ({ carriers }) => [
      ['kind', 'full', carriers.handshakesFull],
      ['kind', 'resumed', carriers.handshakesResumed],
    ]),
    {
      name: 'sessionbench_request_cpu_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: "CPU time of the client's process per request; not in an open loop.",
      samples: each(({ cpuUsPerRequest, openLoop }, labels) =>
        openLoop === undefined
          ? [renderSample('sessionbench_request_cpu_seconds', labels, plainSecondsOfUs(cpuUsPerRequest))]
          : [],
      ),
    },
  ]
}

function renderLatency({ latency }: ArmResult, labels: Labels): string[] {
  const name = 'sessionbench_latency_seconds'
  const { count, meanUs, p50Us, p90Us, p99Us } = latency
  const quantiles = [
    ['0.5', p50Us],
    ['0.9', p90Us],
    ['0.99', p99Us],
  ] as const
  return [
    ...(count === 0 ? [] : quantiles).map(([quantile, us]) =>
      renderSample(name, [...labels, ['quantile', quantile]], plainSecondsOfUs(us)),
    ),
    renderSample(`${name}_count`, labels, String(count)),
    renderSample(`${name}_sum`, labels, plainSecondsOfUs(meanUs * count)),
  ]
}

type Each = (render: (arm: ArmResult, labels: Labels) => string[]) => string[]

function makeCounter(
  noun: string,
  help: string,
  each: Each,
  count: (arm: ArmResult) => readonly (readonly [label: string | undefined, value: string, count: number])[],
): Family {
  const name = `sessionbench_${noun}`
  const samples = each((arm, labels) =>
    count(arm).map(([label, value, total]) =>
      renderSample(`${name}_total`, label === undefined ? labels : [...labels, [label, value]], String(total)),
    ),
  )
  return { name, type: 'counter', help, samples }
}

function makeComparisonFamilies({ scenarios }: Results): Family[] {
  const comparisons = scenarios.flatMap(({ name, comparisons }) =>
    comparisons.map((comparison) => {
      const labels: Labels = [
        ['scenario', name],
        ['comparison', comparison.id],
      ]
      return { comparison, labels }
    }),
  )
  return [
    {
      name: 'sessionbench_contrast_ratio',
      type: 'gauge',
      help: 'An arm divided by the baseline in one metric: the estimate, and the bounds of its interval.',
      samples: comparisons.flatMap(({ comparison, labels }) => renderRatios(comparison, labels)),
    },
    {
      name: 'sessionbench_verdict',
      type: 'stateset',
      help: 'The verdict on an arm in the primary metric.',
      samples: comparisons.flatMap(({ comparison, labels }) =>
        comparison.contrasts.flatMap(({ arm, primary }) =>
          renderStates('sessionbench_verdict', [...labels, ['arm', arm], ['metric', primary.metric.name]], {
            states: verdicts,
            current: primary.verdict,
          }),
        ),
      ),
    },
    {
      name: 'sessionbench_threshold',
      type: 'stateset',
      help: 'Whether a threshold held.',
      samples: comparisons.flatMap(({ comparison, labels }) => renderThresholds(comparison, labels)),
    },
    {
      name: 'sessionbench_validity',
      type: 'stateset',
      help: 'Whether a comparison may be read as a result.',
      samples: comparisons.flatMap(({ comparison, labels }) =>
        renderStates('sessionbench_validity', labels, { states: validities, current: comparison.validity }),
      ),
    },
  ]
}

const verdicts: readonly Comparison['verdict'][] = ['faster', 'same', 'slower', 'inconclusive', 'invalid']
const thresholdVerdicts = comparisonResultSchema.shape.thresholds.element.shape.verdict.options

function renderRatios({ contrasts }: ComparisonResult, labels: Labels): string[] {
  return contrasts.flatMap(({ arm, metrics }) =>
    metrics.flatMap(({ metric, ratio, interval }) => {
      const bounds = { estimate: ratio, low: interval?.low, high: interval?.high }
      return Object.entries(bounds).flatMap(([bound, value]) => {
        const own: Labels = [...labels, ['arm', arm], ['metric', metric.name], ['bound', bound]]
        return value === undefined ? [] : [renderSample('sessionbench_contrast_ratio', own, String(value))]
      })
    }),
  )
}

function renderThresholds({ thresholds }: ComparisonResult, labels: Labels): string[] {
  return thresholds.flatMap(({ arm, metric, limit, expected, verdict }) => {
    const own: Labels = [...labels, ['arm', arm], ['metric', metric], ['limit', limit], ['expected', String(expected)]]
    return renderStates('sessionbench_threshold', own, { states: thresholdVerdicts, current: verdict })
  })
}

function renderStates(
  name: string,
  labels: Labels,
  { states, current }: { readonly states: readonly string[]; readonly current: string },
): string[] {
  return states.map((state) => renderSample(name, [...labels, [name, state]], state === current ? '1' : '0'))
}

function labelsOf({ scenario, comparison, arm }: ListedArm): Labels {
  return [
    ['scenario', scenario.name],
    ['comparison', comparison.id],
    ['arm', arm.id],
  ]
}

function renderSample(name: string, labels: Labels, value: string): string {
  return `${name}{${labels.map(([label, text]) => `${label}="${escapeLabel(text)}"`).join(',')}} ${value}`
}

function escapeLabel(text: string): string {
  return text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(/[^a-z0-9_]/g, '_')
}
