import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ComparisonResult, type Results, resultsSchema } from '../../src/document/model.ts'
import {
  clientSending,
  linkPackage,
  makePackage,
  makeTinyProject,
  scenarioUsing,
  type TinyProject,
} from '../integration/compare/tiny-project.ts'
import { runCli } from './run-cli.ts'

const quick = ['--warm-up', '20ms', '--block', '10ms', '--rounds', '1', '--generations', '1', '--budget', '120s']

function compare(project: TinyProject, base: string, ...args: string[]) {
  const env = { XDG_CACHE_HOME: project.cacheFolder }
  return runCli(['compare', 'bench.js', '--base', base, '--variant', 'client', ...quick, ...args], {
    cwd: project.folder,
    env,
  })
}

async function resultsOf(project: TinyProject, base: string): Promise<Results> {
  const { code, stdout, stderr, orphans } = await compare(project, base, '--format', 'json')
  const results = resultsSchema.parse(JSON.parse(stdout))
  const [from = 0, to = 0] = requestsPerIteration(results)
  // More requests than the base's are a regression, whatever the time.
  expect({ code, orphans }, stderr).toEqual({ code: to > from ? 1 : 0, orphans: [] })
  return results
}

/** Requests per iteration of base and head: which code really ran. */
function requestsPerIteration({ scenarios }: Results): number[] {
  const [{ arms, ledger, blocks }] = scenarios.flatMap(({ comparisons }) => comparisons) as [ComparisonResult]
  expect(ledger?.blocksAgreeing).toBe(blocks.length)
  return arms.map(({ wire, succeeded }) => wire.requests / succeeded)
}

/** A client that keeps its connections, or opens one for each request. */
const keeping = (isKept: boolean) => `
import { get, Session } from 'sessionbench/session'
const session = new Session()
export async function work(url, options) {
  await (await ${isKept ? 'session.get(url, { signal: options.signal })' : 'get(url, options)'}).text()
}
`

function makeProject(module = './client.js'): TinyProject {
  const project = makeTinyProject()
  project.write({
    'package.json': '{"type":"module"}',
    'bench.js': scenarioUsing(module),
    'client.js': clientSending(1),
    '.gitignore': 'node_modules\n',
  })
  project.commit('one')
  return project
}

describe('sessionbench compare --base', () => {
  it("runs the code of a git ref beside the working tree's", async () => {
    const project = makeProject()
    project.write({ 'client.js': clientSending(2) })
    const results = await resultsOf(project, 'main')
    expect(requestsPerIteration(results)).toEqual([1, 2])
    expect(results.scenarios[0]?.versions).toMatchObject({ head: 'the working tree', notes: [] })
    const [comparison] = results.scenarios.flatMap(({ comparisons }) => comparisons)
    expect(comparison?.arms.map(({ id }) => id)).toEqual([
      expect.stringMatching(/^client \(base: main@[0-9a-f]{7}\)$/),
      'client (head)',
    ])
    expect(comparison?.arms.map(({ code }) => code?.role)).toEqual(['base', 'head'])
  })

  it('fails for connections that are no longer kept, however short the budget', async () => {
    const project = makeProject()
    project.write({ 'client.js': keeping(true) })
    project.commit('kept')
    project.write({ 'client.js': keeping(false) })
    const reports = ['--report', 'md=lost.md,junit=lost.xml']
    const { code, stdout, stderr, orphans } = await compare(project, 'HEAD', ...reports)
    expect({ code, orphans }, stderr).toEqual({ code: 1, orphans: [] })
    const text = stdout.replaceAll(/\n +/g, ' ')
    expect(text).toMatch(
      /counter worse: connectionsPerRequest, base 2 connections, head [\d,]+ connections \(a warm pool/,
    )
    const [md, junit] = ['lost.md', 'lost.xml'].map((name) => readFileSync(join(project.folder, name), 'utf8'))
    expect(md).toMatch(/worse than the base, by its counters\n\n- .*connectionsPerRequest is worse: base 2 connections/)
    expect(junit).toMatch(/<testcase name="counter: connectionsPerRequest".*<failure type="counter"/)
  })

  it("runs a scenario that is new on the base's code", async () => {
    const project = makeProject()
    project.git('mv', 'bench.js', 'old.js')
    project.commit('moved')
    project.write({ 'bench.js': scenarioUsing('./client.js'), 'client.js': clientSending(3) })
    expect(requestsPerIteration(await resultsOf(project, 'main'))).toEqual([1, 3])
  })

  it("lends a new scenario's new files to the base, and says so", async () => {
    const project = makeProject()
    project.write({
      'new.js': scenarioUsing('./lib/helper.js'),
      'lib/helper.js': "export { work } from './own.js'\n",
      'lib/own.js': "export { work } from '../client.js'\n",
      'client.js': clientSending(3),
    })
    const env = { XDG_CACHE_HOME: project.cacheFolder }
    const args = ['compare', 'new.js', '--base', 'main', '--variant', 'client', ...quick, '--format', 'json']
    const { code, stdout, stderr } = await runCli(args, { cwd: project.folder, env })
    expect(code, stderr).toBe(1)
    const results = resultsSchema.parse(JSON.parse(stdout))
    // What they import in turn is the base's own, where it has it.
    expect(requestsPerIteration(results)).toEqual([1, 3])
    expect(results.scenarios[0]?.versions?.notes).toEqual([
      'the base has no lib/helper.js, lib/own.js: what the head has is used in both',
    ])
  })

  it('runs one scenario on two versions of a package: from a tarball and from a folder', async () => {
    const project = makeProject('tiny-client')
    linkPackage(project, makePackage(project, '1.0.0', clientSending(1)).folder)
    const other = makePackage(project, '2.0.0', clientSending(2))
    const results = await resultsOf(project, other.tarball)
    expect(requestsPerIteration(results)).toEqual([2, 1])
    expect(results.scenarios[0]?.versions).toEqual({ base: 'tiny-client@2.0.0', head: 'tiny-client@1.0.0', notes: [] })
    expect(requestsPerIteration(await resultsOf(project, other.folder))).toEqual([2, 1])
  })

  it('says in the table which arm is which, and what was compared', async () => {
    const project = makeProject()
    project.write({ 'bench.js': `${scenarioUsing('./client.js')}// changed\n` })
    const { code, stdout, stderr } = await compare(project, 'HEAD')
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/base: HEAD@[0-9a-f]{7}\. head: the working tree/)
    expect(stdout).toMatch(/note: the scenario itself differs between base and head/)
    expect(stdout).toMatch(/^client \(base: HEAD@[0-9a-f]{7}\) .*\nclient \(head\) /m)
  })

  it('refuses a package that the scenario never imports: both arms would be the same', async () => {
    const project = makeProject()
    const { tarball } = makePackage(project, '2.0.0', clientSending(2))
    const { code, stdout } = await compare(project, tarball)
    expect(stdout).toMatch(/never imports 'tiny-client' itself/)
    expect(code).toBe(2)
  })

  it('refuses a variant that is not there, in the head or in the base', async () => {
    const project = makeProject()
    const wrong = await compare(project, 'main', '--variant', 'other')
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no variant 'other': expected one of plain, client/),
    })
    project.write({ 'bench.js': scenarioUsing('./client.js', ['renamed']) })
    const env = { XDG_CACHE_HOME: project.cacheFolder }
    const args = ['compare', 'bench.js', '--base', 'main', '--variant', 'renamed', ...quick]
    expect(await runCli(args, { cwd: project.folder, env })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/main@[0-9a-f]{7} has none of the variants renamed: it has plain, client/),
    })
  })
})
