import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { resultsSchema } from '../../src/document/model.ts'
import { quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/meddling.ts', import.meta.url))
const moments = ['at import', 'when made', 'in iterations', 'when closed']
const harmless = ['sends messages', 'listens for messages', 'disconnects', 'prints', 'takes all listeners away']
const allOfThem = moments.flatMap((moment) => harmless.map((what) => `${moment}: ${what}`)).join(', ')

const run = (meddling: string, ...args: string[]) =>
  runCli(['run', scenario, ...quick, ...args], { env: { MEDDLING: meddling } })

describe('a scenario that takes the process for its own', () => {
  it.each(['1', '2'])('is measured as any other, in %s processes', async (processes) => {
    const args = ['--format', 'json', '--processes', processes]
    const { code, stdout, stderr, orphans } = await run(allOfThem, ...args)
    expect({ code, orphans }, stderr).toEqual({ code: 0, orphans: [] })
    const [comparison] = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap(({ comparisons }) => comparisons)
    // What was measured is what the server saw.
    expect(comparison?.ledger?.blocksAgreeing).toBe(comparison?.blocks.length)
    expect(comparison?.blocks.length).toBeGreaterThan(0)
  })

  it.each([
    [
      'at import: writes to every descriptor',
      /sessionbench: something in the scenario[\s\S]*own \(3\)[\s\S]*meddling\.ts/,
    ],
    ['at import: exits', /sessionbench: the arm process ended during its import of .*meddling\.ts \(exit code 0\)/],
    [
      'in iterations: writes to every descriptor',
      /meddling: [\s\S]*FAILED: something in the scenario[\s\S]*own \(3\)[\s\S]*block of 'plain'/,
    ],
    [
      'when made: exits',
      /meddling: [\s\S]*FAILED: the arm process ended during its opening of 'plain' \(exit code 0\)/,
    ],
  ])('is told what it must not do, and is no bug of ours: %s', async (meddling, message) => {
    const { code, stdout, stderr, orphans } = await run(meddling)
    const printed = stderr + stdout
    expect(printed.replaceAll(/\n {2}/g, ' ')).toMatch(message)
    expect(printed).not.toMatch(/has a bug|forged/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })
})
