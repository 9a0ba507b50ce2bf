import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { resultsSchema } from '../../src/document/model.ts'
import { runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))

it('measures for so long, in what arrives at a rate', async () => {
  const args = ['run', scenario('raw-agents'), '--rate', '200', '--duration', '2s', '--warm-up', '100ms']
  const { code, stdout, stderr, orphans } = await runCli([...args, '--format', 'json'])
  expect({ code, orphans }, stderr + stdout).toEqual({ code: 0, orphans: [] })
  const [comparison] = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap((result) => result.comparisons)
  const blocks = comparison?.blocks ?? []
  // Half a second of 200 per second makes the hundred arrivals that a block is to have.
  expect(blocks.map(({ arm, openLoop }) => `${arm} ${openLoop?.intended}`).toSorted()).toEqual([
    ...['close 100', 'close 100', 'keep 100', 'keep 100'],
  ])
})

it.each([
  [['--duration', '10'], /'--duration <time>'.* expected a duration such as 500ms, 20s or 2m, got '10'/],
  [['--duration'], /'--duration <time>' argument missing/],
  [['--duration', '10s', '--budget', '20s'], /--duration and --budget both say how much is measured; give one of them/],
  [['--duration', '10s', '--rounds', '2'], /--duration and --rounds both say/],
])('%j is wrong usage', async (args, message) => {
  const { code, stdout, stderr } = await runCli(['run', scenario('raw-agents'), ...args])
  expect(stderr).toMatch(message)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
})
