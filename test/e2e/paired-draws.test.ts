import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { resultsSchema } from '../../src/document/model.ts'
import { quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/raw-agents.ts', import.meta.url))
const open = ['--rate', '300', '--arrivals', 'poisson', '--rounds', '2', '--seed', '11']

/** How many arrivals each arm's blocks had, by place: `generation/round/half` → arm → arrivals. */
async function arrivalsByPlace(args: readonly string[]): Promise<Record<string, Record<string, number>>> {
  const { code, stdout, stderr } = await runCli(['run', scenario, ...quick, '--format', 'json', ...open, ...args])
  expect(code, stderr + stdout.slice(0, 2_000)).toBe(0)
  const [comparison] = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap(({ comparisons }) => comparisons)
  const places: Record<string, Record<string, number>> = {}
  for (const { arm, generation, round, position, openLoop } of comparison?.blocks ?? []) {
    const place = `${generation}/${round}/${position < 2 ? 0 : 1}`
    places[place] = { ...places[place], [arm]: openLoop?.intended as number }
  }
  return places
}

describe('random arrivals', () => {
  it('are the same for the arms of a pair, whatever their warm-up, in one process and in two', async () => {
    const once = await arrivalsByPlace([])
    expect(Object.keys(once)).toEqual(['0/0/0', '0/0/1', '0/1/0', '0/1/1'])
    for (const [place, arms] of Object.entries(once)) {
      expect(new Set(Object.values(arms)).size, `${place}: ${JSON.stringify(arms)}`).toBe(1)
    }
    expect(new Set(Object.values(once).map((arms) => JSON.stringify(arms))).size).toBeGreaterThan(1)
    expect(await arrivalsByPlace(['--warm-up', '300ms'])).toEqual(once)
    expect(await arrivalsByPlace(['--processes', '2'])).toEqual(once)
  })

  it('are others in each generation of processes', async () => {
    const places = await arrivalsByPlace(['--isolation', 'process', '--generations', '3', '--budget', '60s'])
    const generations = [0, 1, 2].map((each) =>
      Object.entries(places).filter(([place]) => place.startsWith(`${each}/`)),
    )
    const counts = generations.map((each) => JSON.stringify(each.map(([, arms]) => Object.values(arms))))
    expect(new Set(counts).size).toBe(3)
    for (const arms of Object.values(places)) expect(new Set(Object.values(arms)).size).toBe(1)
  })
})
