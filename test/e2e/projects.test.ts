import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { quick, runCli } from './run-cli.ts'

/** As `npm init -y` of npm 11 writes it. */
const packageJson = JSON.stringify({ name: 'mine', version: '1.0.0', main: 'index.js', type: 'commonjs' })

const scenario = (imports: string, path: string, types = ': string') => `
import { defineScenario } from 'sessionbench'
import { get, Session } from 'sessionbench/session'
${imports}
const address${types} = ${path}
export default defineScenario({
  question: 'Does it load?',
  workload: { model: 'closed', concurrency: 2 },
  baseline: 'stateless',
  isolation: 'shared',
  variants: {
    stateless: ({ target }) => (signal) => get(target.url(address), { signal }),
    session: ({ target }) => {
      const session = new Session()
      return { run: (signal) => session.get(target.url(address), { signal }), close: () => session.close() }
    },
  },
})
`

function makeProject(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sessionbench-project-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries({ 'package.json': packageJson, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

describe("a scenario in a project of type 'commonjs'", () => {
  it.each([
    ['is TypeScript with imports', { 'bench.ts': scenario('', "'/get'") }],
    ['is JavaScript with imports', { 'bench.js': scenario('', "'/get'", '') }],
    [
      'imports a TypeScript file without its extension',
      {
        'bench.ts': scenario("import { path } from './lib/path'", 'path'),
        'lib/path.ts': "export const path: string = '/get'",
      },
    ],
    [
      'imports a TypeScript file by the name of what tsc would make of it',
      {
        'bench.ts': scenario("import { path } from './lib/path.js'", 'path'),
        'lib/path.ts': "export const path: string = '/get'",
      },
    ],
    [
      'imports a folder',
      { 'bench.ts': scenario("import { path } from './lib'", 'path'), 'lib/index.ts': "export const path = '/get'" },
    ],
    [
      'imports what is CommonJS',
      { 'bench.ts': scenario("import { path } from './lib/path'", 'path'), 'lib/path.js': "exports.path = '/get'" },
    ],
    [
      'imports by the paths of tsconfig.json',
      {
        'scenarios/bench.ts': scenario("import { path } from '@lib/path'", 'path'),
        'lib/path.ts': "export const path = '/get'",
        'tsconfig.json': '{ /* as tsc allows */ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] }, }, }',
      },
    ],
  ])('%s', async (_, files) => {
    const folder = makeProject(files)
    const name = Object.keys(files).find((file) => file.includes('bench')) as string
    const { code, stdout, stderr } = await runCli(['run', name, ...quick, '--format', 'json'], { cwd: folder })
    expect(code, stderr + stdout.slice(0, 2_000)).toBe(0)
    expect(stderr).not.toMatch(/Warning/)
    const { scenarios } = JSON.parse(stdout)
    expect(scenarios[0].comparisons[0].ledger.blocksAgreeing).toBe(scenarios[0].comparisons[0].blocks.length)
  })

  it("names a file that is not there, without Node's own frames", async () => {
    const folder = makeProject({ 'bench.ts': scenario("import { path } from './lib/nope'", 'path') })
    const { code, stderr } = await runCli(['run', 'bench.ts'], { cwd: folder })
    expect(code).toBe(2)
    expect(stderr).toMatch(/Cannot find module '.*lib\/nope' imported from .*bench\.ts/)
    expect(stderr).not.toMatch(/node:internal|project-modules/)
  })
})
