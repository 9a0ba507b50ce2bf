import { fieldsOf } from '../session/fields-of.ts'
import { type EngineName, engineNames, type OwnLoopEngine } from './engine-name.ts'
import { engineComparableMetrics, engineMetrics } from './engines.ts'
import { definitionOf, optionNames } from './options.ts'

/** One thing wrong with a scenario, and where: `thresholds[0].variant: …`. */
export interface ScenarioProblem {
  readonly path: string
  readonly message: string
}

/** Fields that are no options; why an option is refused, their table says. */
const fieldsOfOthers: Readonly<Record<Exclude<EngineName, 'client'>, Readonly<Record<string, string>>>> = {
  raw: {
    userFeed: 'a raw arm has no users',
    roundTrips: 'the model of round trips is of a client that opens its connections itself',
  },
  autocannon: {
    feed: 'autocannon sends one request again and again',
    userFeed: 'autocannon sends one request again and again',
    expectedStatuses: 'autocannon counts every status of 400 and more as a failure',
    roundTrips: "autocannon's latencies are too coarse for a model of round trips",
    workload: 'autocannon has no workload: say connections and pipelining in what a variant returns',
  },
  micro: {
    feed: 'a function under test derives its input from the index that it is called with',
    userFeed: 'a function under test has no users',
    expectedStatuses: 'the micro engine sends no requests',
    roundTrips: 'the micro engine sends no requests',
    workload: 'the micro engine has no workload: it calls the function again and again',
    target: 'the micro engine has no target: it sends no requests',
  },
}

/** What a scenario says that its engine cannot do: fields it has no use for, metrics that it does not measure. */
export function findEngineProblems(value: unknown): ScenarioProblem[] {
  const { engine = 'client', thresholds, primaryMetric, ...rest } = fieldsOf(value)
  const name = engineNames.find((candidate) => candidate === engine)
  // The schema has said already what is wrong with the metrics of a client scenario.
  if (name === undefined || name === 'client') return []
  const problems = Object.entries({ ...fieldsOfOthers[name], ...refusedOptions(name) })
    .filter(([field]) => rest[field] !== undefined)
    .map(([path, message]) => ({ path, message }))
  if (name === 'raw') problems.push(...findRawProblems(rest))
  const { protocol } = fieldsOf(rest.target)
  for (const [refused, why] of Object.entries(definitionOf('protocols').refusedValues?.[name] ?? {})) {
    if (![protocol].flat().includes(refused)) continue
    problems.push({ path: 'target.protocol', message: `${why}, leave out ${refused}` })
  }
  if (isWrongMetric(primaryMetric, engineComparableMetrics[name])) {
    problems.push({
      path: 'primaryMetric',
      message: describeMetric(name, primaryMetric, engineComparableMetrics[name]),
    })
  }
  for (const [index, threshold] of (Array.isArray(thresholds) ? thresholds : []).entries()) {
    const known = threshold?.maxRatio === undefined ? engineMetrics[name] : engineComparableMetrics[name]
    if (!isWrongMetric(threshold?.metric, known)) continue
    problems.push({ path: `thresholds[${index}].metric`, message: describeMetric(name, threshold.metric, known) })
  }
  return problems
}

/** What a raw scenario has in another way than a client's. */
function findRawProblems({ workload, feed }: Readonly<Record<string, unknown>>): ScenarioProblem[] {
  const problems: ScenarioProblem[] = []
  if (workload !== undefined && fieldsOf(workload).model !== 'open') {
    const message = 'a closed loop of the raw engine is as fast as answers come: leave it out, or say an open one'
    problems.push({ path: 'workload', message })
  }
  const { generate, onEnd } = fieldsOf(feed)
  if (generate !== undefined) {
    const message = 'requests are laid down before they are sent: expected rows of a file, which are known then'
    problems.push({ path: 'feed.generate', message })
  }
  if (onEnd === 'stop')
    problems.push({ path: 'feed.onEnd', message: 'a block of the raw engine ends with its time; leave it out' })
  return problems
}

/** Options that are fields of the scenario itself; those of its workload and target are refused with them. */
function refusedOptions(engine: OwnLoopEngine): Record<string, string> {
  const definitions = optionNames.map(definitionOf)
  return Object.fromEntries(
    definitions.flatMap(({ field, refusedBy }) => {
      const why = refusedBy?.[engine]
      return field === undefined || field.includes('.') || why === undefined ? [] : [[field, why]]
    }),
  )
}

function isWrongMetric(metric: unknown, known: readonly string[]): metric is string {
  return typeof metric === 'string' && !known.includes(metric)
}

function describeMetric(engine: EngineName, metric: string, known: readonly string[]): string {
  const why =
    engine === 'autocannon' && metric.startsWith('latency')
      ? "; autocannon's latencies are whole milliseconds, shown and never compared"
      : ''
  return `the ${engine} engine has no '${metric}' to compare or limit, expected one of ${known.join(', ')}${why}`
}
