import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { suiteNames } from '../../src/scenario/suites.ts'
import { runCli } from './run-cli.ts'

/** How many scenarios a suite has, and the longest that their plans take, ms. */
async function planned(...args: string[]): Promise<{ count: number; atMostMs: number }> {
  const { stdout } = await runCli(['list', ...args, '--format', 'json'])
  const entries = JSON.parse(stdout) as { name: string; atMostMs: number }[]
  return { count: entries.length, atMostMs: entries.reduce((sum, { atMostMs }) => sum + atMostMs, 0) }
}

const minutes = (text: string) => {
  const [, min, s] = /^(?:(\d+) min )?(\d+) s$/.exec(text) ?? []
  return Number(min ?? 0) * 60_000 + Number(s) * 1_000
}

it('list says of every suite what its plans add up to', async () => {
  const { stdout } = await runCli(['list'])
  const said = stdout.slice(stdout.indexOf('Suites, for run --suite:')).replaceAll(/\s+/g, ' ')
  for (const suite of suiteNames.filter((name) => name !== 'all')) {
    const { count, atMostMs } = await planned('--suite', suite)
    const [, scenarios, time = ''] = new RegExp(`${suite}, (\\d+) scenarios, at most ([^;.]+)`).exec(said) ?? []
    expect(Number(scenarios)).toBe(count)
    expect(Math.abs(minutes(time) - atMostMs)).toBeLessThanOrEqual(500)
  }
})

it('README says the same, in whole minutes', async () => {
  const readme = (await readFile(new URL('../../README.md', import.meta.url), 'utf8')).replaceAll(/\s+/g, ' ')
  const [, count, most] = /`run --suite quick` (\d+) of them, in at most (\d+) minutes/.exec(readme) ?? []
  const quick = await planned('--suite', 'quick')
  expect([Number(count), Number(most)]).toEqual([quick.count, Math.ceil(quick.atMostMs / 60_000)])
  const { stdout } = await runCli(['list', '--format', 'json'])
  const entries = JSON.parse(stdout) as { name: string; atMostMs: number }[]
  const atMostMs = entries.find(({ name }) => name === 'stateless-vs-session')?.atMostMs ?? 0
  const [, longest] = /`run` without a name .*? at most in (\d+)/.exec(readme) ?? []
  expect(Number(longest)).toBe(Math.ceil(atMostMs / 60_000))
})
