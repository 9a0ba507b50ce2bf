import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ComparisonResult, resultsSchema } from '../../src/document/model.ts'
import { quick, runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))

async function runForComparison(args: readonly string[]): Promise<ComparisonResult> {
  const { code, stdout, stderr, orphans } = await runCli(['run', ...quick, '--format', 'json', ...args])
  expect({ code, orphans }, stderr + stdout).toEqual({ code: 0, orphans: [] })
  const comparisons = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap((result) => result.comparisons)
  return comparisons[0] as ComparisonResult
}

describe('a fixed number of iterations', () => {
  it('is what every block runs, and a variant per block pays for its connection in each', async () => {
    const { blocks, ledger, arms } = await runForComparison([scenario('ten-calls')])
    expect(ledger?.blocksAgreeing).toBe(blocks.length)
    expect(blocks.map(({ succeeded, failed, wire }) => ({ succeeded, failed, requests: wire.requests }))).toEqual(
      blocks.map(() => ({ succeeded: 10, failed: 0, requests: 10 })),
    )
    const opened = blocks.map(({ arm, wire }) => `${arm} ${wire.connectionsOpened}`)
    expect(new Set(opened)).toEqual(new Set(['stateless 10', 'session 1']))
    expect(arms.map(({ carriers }) => carriers.connections)).toEqual([blocks.length * 5, blocks.length / 2])
  })

  it('is asked for by an option, with a pause', async () => {
    const args = [scenario('raw-agents'), '--iterations', '8', '--think-time', 'exp:1ms']
    const { blocks, workload } = await runForComparison(args)
    expect(workload).toMatchObject({ model: 'closed', concurrency: 4, iterations: 8, thinkTimeMs: { meanMs: 1 } })
    expect(new Set(blocks.map(({ succeeded }) => succeeded))).toEqual(new Set([8]))
  })
})

describe('steps, feeds and users', () => {
  it('are counted exactly, as the server counts them', async () => {
    const { blocks, ledger, arms } = await runForComparison([scenario('visits')])
    expect(ledger?.blocksAgreeing).toBe(blocks.length)
    const [stateless, session] = arms
    const iterations = 12 * 6
    expect(stateless).toMatchObject({ succeeded: iterations, failed: 0, wire: { requests: 2 * iterations } })
    expect(stateless?.steps).toMatchObject([
      { name: 'login', succeeded: iterations, failed: 0, service: { count: iterations } },
      { name: 'item', succeeded: iterations, failed: 0 },
    ])
    // Four users logged in once each, before anything was measured, and kept a session and a connection each.
    expect(session).toMatchObject({
      succeeded: iterations,
      failed: 0,
      wire: { requests: 2 * iterations, connectionsOpened: 0 },
      carriers: { connections: 4 },
    })
    expect(session?.steps?.map(({ name }) => name)).toEqual(['dashboard', 'item'])
  })

  it('count the requests that users are made with where they are made: in each block, with a variant per block', async () => {
    const { blocks, ledger } = await runForComparison([scenario('visits'), '--variant-per', 'block'])
    expect(ledger?.blocksAgreeing).toBe(blocks.length)
    // A login is redirected to the dashboard.
    const session = blocks.filter(({ arm }) => arm === 'session')
    expect(session.map(({ wire }) => wire.requests)).toEqual(session.map(() => 4 * 2 + 2 * 12))
    expect(session.map(({ loadRequests }) => loadRequests)).toEqual(session.map(() => 2 * 12))
    expect(session.map(({ wire }) => wire.connectionsOpened)).toEqual(session.map(() => 4))
  })

  it('show in the table, indented under their arm', async () => {
    const { stdout } = await runCli(['run', scenario('visits'), ...quick], { env: { COLUMNS: '120' } })
    expect(stdout).toMatch(/^stateless .*\n {2}login .*\n {2}item .*\nsession .*\n {2}dashboard .*\n {2}item /m)
    expect(stdout).toContain('Indented rows are the named steps of an iteration')
  })

  it('give the same rows to every arm', async () => {
    const { code, stdout, stderr } = await runCli(['run', scenario('rows'), ...quick, '--iterations', '4'])
    expect(code, stderr + stdout).toBe(0)
    const seen = (arm: string) => [...stderr.matchAll(new RegExp(`^row ${arm} (.*)$`, 'gm'))].map(([, row]) => row)
    expect(seen('a').length).toBeGreaterThan(0)
    expect(seen('a')).toEqual(seen('b'))
  })

  it.each([
    ['nowhere.csv', /feed: nowhere\.csv: there is no such file: expected it at .*nowhere\.csv/],
    ['torn.csv', /feed: torn\.csv: .*line 3/],
  ])('refuse a feed that cannot be read: %s', async (file, message) => {
    const { code, stderr, orphans } = await runCli(['run', scenario('rows'), ...quick], { env: { FEED: file } })
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
    expect(stderr).toMatch(message)
  })

  it('refuse more step names than can be kept', async () => {
    const { code, stdout } = await runCli(['run', scenario('rows'), ...quick], { env: { STEPS: 'by index' } })
    expect(code).toBe(2)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('is one more than the 32 names that steps may have')
  })
})

describe('a budget that has no time for the fewest rounds', () => {
  it('is found out by measuring alone where arms turn out to be slow: what there was time for is shown', async () => {
    // One connection of seven carries 180 requests per second of 64 workers: six rounds take over a minute.
    const { code, stdout, orphans } = await runCli(['run', 'pool-size', '--warm-up', '100ms', '--budget', '25s'])
    expect(stdout).toMatch(/^TOO SHORT: the budget of 25 s is too short for a first look .*; try --budget \d+s$/m)
    expect(stdout.match(/^session connections=\d+( \*)? +[\d,]+ /gm)).toHaveLength(7)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('is refused before the start where the distance alone makes them slow', async () => {
    const args = ['run', 'stateless-vs-session', '--rtt', '1000', '--budget', '25s']
    const { code, stdout, stderr, orphans } = await runCli(args)
    expect(stderr).toMatch(
      /the budget of 25 s is too short for a first look at .*1000 ms RTT.*; give --budget \d+s, or less/,
    )
    expect({ code, stdout, orphans }).toEqual({ code: 2, stdout: '', orphans: [] })
  })
})
