import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ComparisonResult, type Results, resultsSchema } from '../../src/document/model.ts'
import { quick, runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-e2e-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function runForResults(args: readonly string[]): Promise<Results> {
  const { code, stdout, stderr, orphans } = await runCli(['run', ...quick, '--format', 'json', ...args])
  expect({ code, orphans }, stderr).toEqual({ code: 0, orphans: [] })
  return resultsSchema.parse(JSON.parse(stdout))
}

function onlyComparison(results: Results): ComparisonResult {
  const comparisons = results.scenarios.flatMap((result) => result.comparisons)
  expect(comparisons).toHaveLength(1)
  return comparisons[0] as ComparisonResult
}

describe('sessionbench run', () => {
  it.each([
    ['http', 0],
    ['https', 0],
    ['http', 5],
    ['https', 5],
  ])('counts exactly what the server counts: %s at %i ms', async (protocol, rttMs) => {
    const args = ['stateless-vs-session', '--protocol', protocol, '--rtt', String(rttMs), '--concurrency', '20']
    const comparison = onlyComparison(await runForResults(args))
    const { ledger, blocks, arms, validity } = comparison
    expect(validity).not.toBe('invalid')
    expect(ledger).toEqual({ blocksChecked: blocks.length, blocksAgreeing: blocks.length })
    const [stateless, session] = arms
    const handshakes = protocol === 'https' ? stateless?.wire.requests : 0
    expect(stateless).toMatchObject({
      failed: 0,
      wire: {
        connectionsOpened: stateless?.succeeded,
        requests: stateless?.succeeded,
        handshakesFull: handshakes,
        handshakesResumed: 0,
      },
      carriers: { connections: stateless?.succeeded },
    })
    expect(session).toMatchObject({ failed: 0, wire: { requests: session?.succeeded } })
    expect(session?.carriers.connections).toBeGreaterThanOrEqual(1)
    expect(session?.carriers.connections).toBeLessThan((session?.succeeded ?? 0) / 5)
    const { connections, handshakesFull, handshakesResumed } = session?.carriers ?? {}
    expect((handshakesFull ?? 0) + (handshakesResumed ?? 0)).toBe(protocol === 'https' ? connections : 0)
  })

  it('counts the same for a client that is not ours', async () => {
    const { ledger, blocks, arms } = onlyComparison(await runForResults([scenario('raw-agents')]))
    expect(ledger).toEqual({ blocksChecked: blocks.length, blocksAgreeing: blocks.length })
    expect(arms[0]?.carriers.connections).toBe(arms[0]?.wire.requests)
    expect(arms[1]?.carriers.connections).toBe(4)
  })

  it('gives each arm of a variant comparison processes of its own, in generations', async () => {
    const results = await runForResults([scenario('raw-agents'), '--isolation', 'process', '--generations', '2'])
    const { unit, blocks, contrasts, ledger } = onlyComparison(results)
    expect(unit).toBe('generation')
    expect(new Set(blocks.map(({ generation }) => generation))).toEqual(new Set([0, 1]))
    expect(blocks).toHaveLength(2 * 3 * 4)
    expect(contrasts[0]?.primary.units).toBe(2)
    expect(ledger?.blocksAgreeing).toBe(blocks.length)
  })

  it('runs a sweep in one process and contrasts every point with the first', async () => {
    const { arms, contrasts, baselineArm, isolation } = onlyComparison(await runForResults([scenario('sweep')]))
    expect(isolation).toBe('shared')
    expect(baselineArm).toBe('session connections=1')
    expect(contrasts.map(({ arm }) => arm)).toEqual(['session connections=2', 'session connections=4'])
    expect(arms.map(({ carriers }) => carriers.connections)).toEqual([1, 2, 4])
  })

  it('holds a rate in an open loop, and counts every arrival', async () => {
    const args = ['stateless-vs-session', '--protocol', 'http', '--rtt', '0', '--rate', '200', '--arrivals', 'poisson']
    const { arms, blocks, ledger, workload } = onlyComparison(await runForResults(args))
    expect(workload).toMatchObject({ model: 'open', arrivalRate: 200, arrivals: 'poisson' })
    expect(ledger?.blocksAgreeing).toBe(blocks.length)
    for (const { openLoop, succeeded, failed, latency, wire } of arms) {
      expect(openLoop?.intended).toBe(succeeded + failed + (openLoop?.dropped ?? 0))
      expect(latency.count).toBe(succeeded)
      expect(wire.requests).toBe(succeeded + failed)
    }
  })

  it('runs the same order of blocks for the same seed', async () => {
    const args = [scenario('raw-agents'), '--seed', '12345']
    const orders = [await runForResults(args), await runForResults(args)].map((results) => {
      expect(results.seed).toBe(12345)
      return onlyComparison(results).blocks.map(({ arm }) => arm)
    })
    expect(orders[0]).toEqual(orders[1])
  })

  it('prints a table without colours when piped, and keeps the results where asked to', async () => {
    const out = join(folder, 'results.json')
    const args = ['run', scenario('raw-agents'), ...quick, '--out', out]
    const { code, stdout, stderr, orphans } = await runCli(args, { env: { COLUMNS: '80' } })
    expect({ code, orphans }, stderr).toEqual({ code: 0, orphans: [] })
    expect(stdout).toContain('http, 0 ms RTT')
    expect(stdout).toMatch(/Verdict:\s+\w+/)
    expect(stdout).not.toContain('\u001b')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(stderr).toContain('raw-agents [1/1] http, 0 ms RTT')
    const results = resultsSchema.parse(JSON.parse(await readFile(out, 'utf8')))
    expect(results.partial).toBe(false)
    expect(results.environment).toMatchObject({ node: process.version })
  })

  it('colours when told to', async () => {
    const { stdout } = await runCli(['list'], { env: { FORCE_COLOR: '1' } })
    expect(stdout).toContain('\u001b[1m')
    const { stdout: plain } = await runCli(['list'])
    expect(plain).not.toContain('\u001b')
  })

  it.each(['module', 'commonjs', undefined])(
    'runs a scenario outside of any project (package type %s)',
    async (type) => {
      const own = await mkdtemp(join(folder, 'own-'))
      if (type !== undefined) await writeFile(join(own, 'package.json'), JSON.stringify({ type }))
      const source = await readFile(scenario('sweep'), 'utf8')
      const file = type === 'commonjs' ? 'mine.mts' : 'mine.ts'
      await writeFile(join(own, file), source)
      const { code, stdout, stderr } = await runCli(['run', file, ...quick], { cwd: own })
      expect(code, stderr).toBe(0)
      expect(stdout).toContain('mine: How many connections?')
      expect(stderr).not.toMatch(/warning/i)
    },
  )
})
