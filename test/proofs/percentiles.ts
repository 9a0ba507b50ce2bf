// Whether the percentiles that we report are true: requests to /work, whose service times follow known laws, in an open
// loop; beside ours the server's own log of every single request, from when the schedule wanted it sent to when it was
// answered. What the way back adds is measured in the same run, on /work that takes no time. Two more columns say where a
// difference comes from: the percentile of the stamps that this script took when each answer was there (when it equals
// ours and the truth does not, the machine was too busy to be proved on), and that of the time within the server.
// Usage: npm run prove:percentiles [-- --requests 100000] [--rate 500]
import { parseArgs } from 'node:util'
import { type LawName, lawNames } from '../../fixtures-server/law.ts'
import { makeRandom } from '../../src/plan/random.ts'
import { Histogram } from '../../src/sample/histogram.ts'
import { type LoggedLoad, openLoggedServer } from './logged-load.ts'
import { addPath, isTrue, percentileOf, sortedTimes, toleranceMs } from './truth.ts'

interface Measured {
  readonly response: Histogram
  readonly dispatchDelay: Histogram
  readonly requests: LoggedLoad['requests'][number][]
}

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, rate: { type: 'string', default: '500' } },
})
const [requests, ratePerSecond] = [Number(values.requests), Number(values.rate)]
if (!(requests >= 1_000) || !(ratePerSecond > 0)) throw new Error('expected --requests of at least 1000, and a --rate')

const serviceMs = 5
// A third of what these workers can do at 500/s: some requests queue, as under any real load.
const workers = 8
const percents = [50, 90, 99]
// Short pieces of every law in turn, so that a machine that is slow for a while is slow for all of them.
const pieceRequests = Math.min(500, requests / lawNames.length)
const rounds = Math.round(requests / lawNames.length / pieceRequests)
const durationMs = (pieceRequests / ratePerSecond) * 1_000

const paths = ['no time', ...lawNames] as const
const measured = new Map<(typeof paths)[number], Measured>(
  paths.map((name) => [name, { response: new Histogram(), dispatchDelay: new Histogram(), requests: [] }]),
)

await using server = await openLoggedServer()
for (const name of paths) await server.load({ path: urlOf(name), ratePerSecond, durationMs: 2_000 })
for (let round = 0; round < rounds; round++) {
  for (const name of paths) add(name, await server.load({ path: urlOf(name), ratePerSecond, durationMs }))
}

const zero = measured.get('no time') as Measured
const wayBackMs = zero.requests.map((request) => request.wayBackMs)
console.log(
  `${rounds} × ${pieceRequests} requests of each law at ${ratePerSecond}/s, service ${serviceMs} ms, ${workers} workers; ms`,
)
console.log('law         percentile      ours  due→answered  + way back  difference  allowed  (stamped) (in server)')
const wrong = lawNames.map(report).reduce((sum, count) => sum + count)
const back = sortedTimes(wayBackMs)
const [p50, p99] = [percentileOf(back, 50), percentileOf(back, 99)].map((figure) => figure.toFixed(3))
console.log(`no time: ours p50 ${ms(zero.response, 50)}, p99 ${ms(zero.response, 99)}; way back p50 ${p50}, p99 ${p99}`)
console.log(`dispatch delay: p50 ${ms(zero.dispatchDelay, 50)}, p99 ${ms(zero.dispatchDelay, 99)}`)
if (zero.dispatchDelay.percentileUs(99) > 1_000) {
  console.log('this machine was too busy to prove much on: compare with the stamps, and try again when it is quiet')
}
console.log(wrong === 0 ? 'every percentile held' : `${wrong} did not hold`)
process.exitCode = wrong === 0 ? 0 : 1

function urlOf(name: LawName | 'no time'): string {
  return name === 'no time'
    ? '/work?serviceUs=0'
    : `/work?serviceUs=${serviceMs * 1_000}&workers=${workers}&law=${name}`
}

function add(name: (typeof paths)[number], { result, requests: logged }: LoggedLoad): void {
  if (result.failed > 0) throw new Error(`${result.failed} requests failed: ${result.failures[0]?.message}`)
  const all = measured.get(name) as Measured
  all.response.add(result.response)
  all.dispatchDelay.add(result.dispatchDelay)
  for (const request of logged) all.requests.push(request)
}

/** Prints a law's rows; the number of percentiles that did not hold. */
function report(law: LawName): number {
  const { response, requests: logged } = measured.get(law) as Measured
  const inServer = sortedTimes(logged.map(({ serverMs }) => serverMs))
  const sinceDue = sortedTimes(logged.map(({ sinceDueMs }) => sinceDueMs))
  const truth = addPath(sinceDue, wayBackMs, makeRandom(1))
  const stamped = sortedTimes(logged.map(({ sinceDueMs, wayBackMs }) => sinceDueMs + wayBackMs))
  return percents.filter((percent) => {
    const oursMs = response.percentileUs(percent) / 1_000
    const trueMs = percentileOf(truth, percent)
    // The bimodal law has its step at p90, where no finite sample has a definite percentile.
    const isStep = law === 'bimodal' && percent === 90
    const isHeld = isTrue(oursMs, trueMs)
    const columns: [number, number][] = [
      [oursMs, 9],
      [percentileOf(sinceDue, percent), 14],
      [trueMs, 12],
      [oursMs - trueMs, 12],
      [toleranceMs(trueMs), 9],
      [percentileOf(stamped, percent), 11],
      [percentileOf(inServer, percent), 11],
    ]
    const figures = columns.map(([figure, width]) => figure.toFixed(3).padStart(width)).join('')
    const verdict = isStep ? 'not judged: a step of the law' : isHeld ? 'held' : 'NOT held'
    console.log(`${law.padEnd(11)} p${percent}       ${figures}  ${verdict}`)
    return !isHeld && !isStep
  }).length
}

function ms(histogram: Histogram, percent: number): string {
  return (histogram.percentileUs(percent) / 1_000).toFixed(3)
}
