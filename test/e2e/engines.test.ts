import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ComparisonResult, resultsSchema } from '../../src/document/model.ts'
import { quick, runCli } from './run-cli.ts'

async function runOne(...args: readonly string[]): Promise<ComparisonResult> {
  const { code, stdout, stderr, orphans } = await runCli(['run', ...quick, '--format', 'json', ...args])
  expect({ code, orphans }, stderr).toEqual({ code: 0, orphans: [] })
  const comparisons = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap((scenario) => scenario.comparisons)
  expect(comparisons).toHaveLength(1)
  return comparisons[0] as ComparisonResult
}

function expectLedgerAgrees({ ledger, blocks }: ComparisonResult): void {
  expect(ledger).toMatchObject({ blocksChecked: blocks.length, blocksAgreeing: blocks.length })
}

const rawLoads = fileURLToPath(new URL('./scenarios/raw-loads.ts', import.meta.url))
const withAutocannon = fileURLToPath(new URL('./scenarios/with-autocannon.ts', import.meta.url))
const rawAgents = fileURLToPath(new URL('./scenarios/raw-agents.ts', import.meta.url))

describe('server-capacity (raw engine)', () => {
  it.each(['http', 'https'])(
    'opens its connections in every block and counts what the server counts: %s',
    async (protocol) => {
      const comparison = await runOne('server-capacity', '--protocol', protocol)
      expectLedgerAgrees(comparison)
      expect(comparison.workload.model).toBe('raw')
      expect(comparison.arms).toHaveLength(6)
      for (const { params, blocks, wire, carriers, succeeded, failed, latency } of comparison.arms) {
        const connections = Number(params.connections) * blocks
        const handshakesFull = protocol === 'https' ? connections : 0
        expect(wire).toMatchObject({
          connectionsOpened: connections,
          handshakesFull,
          handshakesResumed: 0,
          requests: succeeded,
        })
        expect(carriers).toMatchObject({ connections, handshakesFull })
        expect({ failed, count: latency.count }).toEqual({ failed: 0, count: succeeded })
      }
      expect(comparison.contrasts.map(({ primary }) => primary.metric.name)).toEqual(new Array(5).fill('throughput'))
      expect(comparison.thresholds.map(({ verdict }) => verdict)).toEqual(new Array(6).fill('held'))
    },
  )

  it('sends at a rate, a HEAD, rows of a feed and several requests in a cycle', async () => {
    const comparison = await runOne(rawLoads, '--rate', '300')
    expectLedgerAgrees(comparison)
    expect(comparison.workload).toMatchObject({ model: 'open', engine: 'raw', arrivalRate: 300 })
    for (const { failed, openLoop, succeeded } of comparison.arms) {
      expect(openLoop).toMatchObject({ intended: succeeded, dropped: 0 })
      expect(failed).toBe(0)
    }
  })

  it('opens a connection for each request where it is to', async () => {
    const comparison = await runOne(rawLoads)
    expectLedgerAgrees(comparison)
    const own = comparison.arms.find(({ id }) => id === 'own')
    expect(own?.wire.connectionsOpened).toBe(own?.wire.requests)
  })
})

describe('the autocannon engine', () => {
  it('shows whole milliseconds, and no CPU time', async () => {
    const { stdout } = await runCli(['run', withAutocannon, ...quick], { env: { COLUMNS: '120' } })
    expect(stdout).toMatch(/connections=1 +[\d,]+ +(≤1|\d+) +(≤1|\d+) /)
    expect(stdout).not.toMatch(/CPU/)
  })
})

describe('session-parts (micro engine)', () => {
  it('calls functions without a target, and times them in nanoseconds', async () => {
    const comparison = await runOne('session-parts')
    expect(comparison).toMatchObject({ ledger: null, target: { kind: 'none' }, workload: { model: 'micro' } })
    expect(comparison.arms.map(({ id }) => id)).toEqual(['bare', 'headers', 'cookies', 'url-and-params'])
    for (const { succeeded, failed, wire, latency, histogramUnit } of comparison.arms) {
      expect({ failed, histogramUnit }).toEqual({ failed: 0, histogramUnit: 'ps' })
      expect(succeeded).toBeGreaterThan(0)
      expect(latency.p50Us).toBeGreaterThan(0)
      expect(wire).toMatchObject({ requests: 0, connectionsOpened: 0, bytesSent: 0 })
    }
    const { stdout } = await runCli(['run', 'session-parts', ...quick], { env: { COLUMNS: '120' } })
    expect(stdout).toMatch(/arm +ops\/s +p50 ns +p90 ns +p99 ns +max ns +errors/)
  })
})

describe('--processes', () => {
  it('splits workers, and adds up what the processes counted', async () => {
    const comparison = await runOne(rawAgents, '--processes', '2', '--concurrency', '5')
    expectLedgerAgrees(comparison)
    expect(comparison.processes).toBe(2)
    const [stateless, kept] = comparison.arms
    expect(stateless?.carriers.connections).toBe(stateless?.wire.requests)
    expect(kept?.wire.requests).toBe(kept?.succeeded)
  })

  it('splits the arrivals of an open loop, and counts every one of them', async () => {
    const comparison = await runOne(
      rawAgents,
      '--processes',
      '3',
      '--rate',
      '300',
      '--arrivals',
      'poisson',
      '--seed',
      '7',
    )
    expectLedgerAgrees(comparison)
    const whole = await runOne(rawAgents, '--rate', '300', '--arrivals', 'poisson', '--seed', '7')
    for (const { openLoop, succeeded, failed, latency } of comparison.arms) {
      expect(openLoop?.intended).toBe(succeeded + failed + (openLoop?.dropped ?? 0))
      expect(latency.count).toBe(succeeded)
    }
    expect(comparison.arms.map(({ blocks }) => blocks)).toEqual(whole.arms.map(({ blocks }) => blocks))
  })

  it('ends all of them when one dies', async () => {
    const args = ['run', rawAgents, ...quick, '--processes', '3', '--block', '2s']
    const { code, stdout, orphans } = await runCli(args, { at: /warming up|measuring/, killChild: /arm\/process/ })
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
    expect(stdout).toMatch(/FAILED: the arm process ended/)
  })
})

describe('wrong use of an engine', () => {
  it.each([
    [['server-capacity', '--concurrency', '5'], /concurrency: server-capacity has no use for it/],
    [['server-capacity', '--protocol', 'h2'], /protocols: server-capacity cannot use h2/],
    [['session-parts', '--rtt', '5'], /rttsMs: session-parts has no use for it/],
    [['session-parts', '--processes', '2'], /processes: session-parts has no use for it/],
    [[rawAgents, '--processes', '5', '--concurrency', '4'], /5 processes for concurrency 4/],
    [[rawAgents, '--processes', '0'], /expected a whole number from 1 to 64/],
  ])('is refused: %j', async (args, message) => {
    const { code, stderr } = await runCli(['run', ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})
