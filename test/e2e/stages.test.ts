import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ComparisonResult, resultsSchema } from '../../src/document/model.ts'
import { runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))
const quick = ['--warm-up', '50ms', '--budget', '60s']

async function runForComparison(args: readonly string[]): Promise<ComparisonResult> {
  const { code, stdout, stderr, orphans } = await runCli(['run', ...quick, '--format', 'json', ...args])
  expect({ code, orphans }, stderr + stdout).toEqual({ code: 0, orphans: [] })
  const comparisons = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap((result) => result.comparisons)
  return comparisons[0] as ComparisonResult
}

/** Of ramps half the area; of a pause nothing. */
const intended = [20, 20, 0, 30, 50]

describe('an open loop of stages', () => {
  it.each([1, 3])('sends exactly what each stage says, and the server counts it: %i processes', async (processes) => {
    const { arms, blocks, ledger, workload, end } = await runForComparison([
      scenario('staged'),
      ...['--processes', String(processes)],
    ])
    expect(workload).toMatchObject({ model: 'open', arrivalRate: 80, stages: { length: 5 } })
    expect(end.state).toBe('bound reached')
    expect(ledger).toEqual({ blocksChecked: 4, blocksAgreeing: 4 })
    for (const { stages = [], wire, openLoop } of blocks) {
      expect(stages.map((stage) => stage.intended)).toEqual(intended)
      expect(openLoop).toMatchObject({ intended: 120, dropped: 0 })
      expect(wire.requests).toBe(120)
    }
    for (const { stages = [] } of arms) {
      expect(stages).toMatchObject(
        intended.map((count) => ({
          intended: 2 * count,
          succeeded: 2 * count,
          failed: 0,
          response: { count: 2 * count },
        })),
      )
      // A busy machine may send late, and then holds less; never more.
      for (const [index, most] of [40, 80, 0, 200, 100].entries()) {
        expect(stages[index]?.sentPerSecond).toBeLessThanOrEqual(most)
      }
    }
  })

  it('is asked for by options, with processes of their own for the arms', async () => {
    const args = [scenario('raw-agents'), '--stage', '200ms:0..100', '--stage', '100ms:->0', '--stage', '100ms:50']
    const comparison = await runForComparison([...args, '--isolation', 'process'])
    const { workload, blocks, unit, ledger, contrasts } = comparison
    expect(workload).toMatchObject({
      arrivalRate: 50,
      stages: [
        { durationMs: 200, fromRate: 0, toRate: 100 },
        { durationMs: 100, fromRate: 100, toRate: 0 },
        { durationMs: 100, fromRate: 50, toRate: 50 },
      ],
    })
    expect(unit).toBe('generation')
    expect(contrasts[0]?.primary).toMatchObject({ units: 1, verdict: 'inconclusive' })
    expect(ledger?.blocksAgreeing).toBe(blocks.length)
    expect(blocks.map(({ stages }) => stages?.map((stage) => stage.intended))).toEqual(blocks.map(() => [10, 5, 5]))
  })

  it('shows in the table, and says what a verdict takes', async () => {
    const { stdout, code } = await runCli(['run', scenario('staged'), ...quick], { env: { COLUMNS: '120' } })
    expect(code, stdout).toBe(0)
    const rows = ['0→80/s for 500 ms', '80/s for 250 ms', '0/s for 100 ms', '200/s for 150 ms', '200→0/s for 500 ms']
    for (const row of rows) expect(stdout).toContain(`\n  ${row} `)
    const text = stdout.replaceAll(/\s+/g, ' ')
    expect(text).toContain('a verdict takes 8: --rounds 8')
    expect(text).toMatch(/session by stage: 0→80\/s for 500 ms: [\d.]+\/s sent, 0 of 40 dropped, service p50/)
  })

  it.each([
    [['--stage', '10s'], /--stage.*expected a stage such as 10s:200/],
    [['--stage', '10s:->200'], /stages\.0\.arrivalRate: a ramp to 200 needs a rate to start from/],
    [['--stage', '10s:0'], /stages: nothing arrives/],
    [['--stage', '10s:5', '--rate', '5'], /--stage and --rate both say how iterations are started/],
    [['--stage', '10s:5', '--concurrency', '5'], /--stage and --concurrency both say/],
    [['--stage', '10s:5', '--block', '1s'], /whole profile, here 10000 ms.*leave out --block/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr, orphans } = await runCli(['run', scenario('raw-agents'), ...args])
    expect(stderr).toMatch(message)
    expect({ code, stdout, orphans }).toEqual({ code: 2, stdout: '', orphans: [] })
  })
})
