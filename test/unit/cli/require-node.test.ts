import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const entry = new URL('../../../src/cli/require-node.mjs', import.meta.url).href
const { engines } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))

/** Runs the check as that version of Node would see it. */
function runAs(version: string) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', `${pretend}; await import('${entry}')`],
    {
      encoding: 'utf8',
    },
  )
  return { status, stderr }
}

/** `^22.19 || >=23.5`, read as npm reads it. */
function isInRange(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return (major === 22 && minor >= 19) || major > 23 || (major === 23 && minor >= 5)
}

it('package.json lets in what the program runs on', () => {
  expect(engines).toEqual({ node: '^22.19 || >=23.5' })
})

it.each([
  '18.20.0',
  '20.20.2',
  '22.18.0',
  '22.19.0',
  '22.20.1',
  '23.0.0',
  '23.4.9',
  '23.5.0',
  '23.11.0',
  '24.0.0',
  '26.10.0',
])('Node %s', (version) => {
  const { status, stderr } = runAs(version)
  expect(status).toBe(isInRange(version) ? 0 : 2)
  expect(stderr).toEqual(
    isInRange(version) ? '' : expect.stringMatching(/needs Node 22.19 or newer \(of 23 from 23.5\)/),
  )
})
