import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ComparisonResult, resultsSchema } from '../../src/report/model.ts'
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
