import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../fixtures-server/index.ts'
import { quick, runCli } from './run-cli.ts'

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
const packageJson = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))

/** The TypeScript blocks, each under the file name that its first line gives. */
const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, source = '']) => {
  const name = /^\/\/ (\S+\.ts)\n/.exec(source)?.[1]
  return { name: name ?? `(no name: ${source.slice(0, 40)})`, source }
})

let folder = ''
let fixture: FixtureServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-readme-'))
  fixture = await startFixtureServer()
})
afterAll(async () => {
  await fixture.close()
  await rm(folder, { recursive: true })
})

describe('README', () => {
  it('names the file of every TypeScript block', () => {
    expect(blocks.length).toBeGreaterThan(2)
    expect(blocks.filter(({ name }) => name.startsWith('('))).toEqual([])
  })

  it.each(blocks)('$name runs as printed', async ({ name, source }) => {
    await writeFile(join(folder, name), source.replaceAll('http://127.0.0.1:8080', fixture.urls.http))
    if (source.includes('export default defineScenario')) {
      const { code, stdout, stderr } = await runCli(['run', name, ...quick, '--generations', '2'], { cwd: folder })
      expect(code, stderr + stdout).toBe(0)
      expect(stdout).toMatch(/Verdict: \w+/)
      return
    }
    const register = fileURLToPath(new URL('./register-own-package.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', register, name], { cwd: folder })
    expect(stdout).not.toBe('')
  })

  it('names only scripts that package.json has', () => {
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script)
    expect(named.length).toBeGreaterThan(0)
    for (const script of [...named, 'start', 'test']) expect(packageJson.scripts).toHaveProperty(script as string)
  })

  it('names only commands and options that the help has', async () => {
    const { stdout } = await runCli(['run', '--help'])
    const options = new Set([...readme.matchAll(/`(--[a-z-]+)/g)].map(([, option]) => option as string))
    expect(options.size).toBeGreaterThan(5)
    const { stdout: serve } = await runCli(['serve', '--help'])
    for (const option of options) expect(stdout + serve).toContain(option)
  })
})
