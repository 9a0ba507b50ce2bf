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
  fixture = await startFixtureServer()
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-readme-'))
  for (const { name, source } of blocks) {
    await writeFile(join(folder, name), source.replaceAll('http://127.0.0.1:8080', fixture.urls.http))
  }
  await commitAll()
})
afterAll(async () => {
  await fixture.close()
  await rm(folder, { recursive: true })
})

/** The blocks as a reader has them: on the branch `main` of a repository. */
async function commitAll(): Promise<void> {
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: folder })
  await git('init', '--quiet', '--initial-branch', 'main')
  await git('add', '.')
  await git('-c', 'user.name=reader', '-c', 'user.email=reader@localhost', 'commit', '--quiet', '-m', 'blocks')
}

describe('README', () => {
  it('names the file of every TypeScript block', () => {
    expect(blocks.length).toBeGreaterThan(2)
    expect(blocks.filter(({ name }) => name.startsWith('('))).toEqual([])
  })

  it.each(blocks)('$name runs as printed', async ({ name, source }) => {
    if (source.includes('export default defineScenario')) {
      const { code, stdout, stderr } = await runCli(['run', name, ...quick, '--generations', '2'], { cwd: folder })
      expect(code, stderr + stdout).toBe(0)
      expect(stdout).toMatch(/Verdict:\s+\w+/)
      return
    }
    const register = fileURLToPath(new URL('./register-own-package.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', register, name], {
      cwd: folder,
      env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
    })
    expect(stdout).not.toBe('')
  })

  it('names only scripts that package.json has', () => {
    const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script)
    expect(named.length).toBeGreaterThan(0)
    for (const script of [...named, 'start', 'test']) expect(packageJson.scripts).toHaveProperty(script as string)
  })

  it('names only commands and options that the help has', async () => {
    const options = new Set([...readme.matchAll(/`(--[a-z-]+)/g)].map(([, option]) => option as string))
    expect(options.size).toBeGreaterThan(5)
    const commands = [
      'url',
      'run',
      'compare',
      'check',
      'baseline save',
      'calibrate',
      'tune',
      'report',
      'schema',
      'list',
      'serve',
    ]
    const helps = await Promise.all(commands.map((command) => runCli([...command.split(' '), '--help'])))
    const help = helps.map(({ stdout }) => stdout).join('')
    expect([...options].filter((option) => !help.includes(option))).toEqual([])
  })
})
