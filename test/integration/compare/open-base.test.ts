import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { openBase } from '../../../src/compare/open-base.ts'
import { clientSending, makePackage, makeTinyProject, scenarioUsing, type TinyProject } from './tiny-project.ts'

const urlOf = ({ folder }: TinyProject, path: string) => pathToFileURL(join(folder, path)).href
const contentOf = (url: string) => readFileSync(fileURLToPath(url), 'utf8')

function makeProject(): TinyProject {
  const project = makeTinyProject()
  project.write({
    'bench/scenario.js': scenarioUsing('../client.js'),
    'client.js': clientSending(1),
    '.gitignore': 'node_modules\n',
  })
  project.commit('one')
  return project
}

function open(project: TinyProject, base: string, more: object = {}) {
  const { folder: workingFolder, cacheFolder } = project
  return openBase(urlOf(project, 'bench/scenario.js'), { base, workingFolder, cacheFolder, ...more })
}

it('checks a commit out beside the working tree, and touches neither index nor worktrees', async () => {
  const project = makeProject()
  const commit = project.git('rev-parse', 'HEAD')
  project.write({ 'client.js': clientSending(2), 'staged.js': '' })
  project.git('add', 'staged.js')
  const before = project.git('status', '--porcelain')
  const { code, notes } = await open(project, 'main')
  expect(code).toMatchObject({ role: 'base', label: `main@${commit.slice(0, 7)}` })
  expect(contentOf(new URL('../client.js', code.scenarioUrl).href)).toBe(clientSending(1))
  expect(notes).toEqual([])
  expect(project.git('status', '--porcelain')).toBe(before)
  expect(project.git('worktree', 'list').split('\n')).toHaveLength(1)
})

it('checks one commit out once, also for two runs at once, and again when the cache was removed', async () => {
  const project = makeProject()
  const [first, second] = await Promise.all([open(project, 'main'), open(project, 'HEAD')])
  expect(first.code.scenarioUrl).toBe(second.code.scenarioUrl)
  expect(readdirSync(project.cacheFolder)).toHaveLength(1)
  const mark = join(fileURLToPath(new URL('..', first.code.scenarioUrl)), 'mark')
  writeFileSync(mark, '')
  await open(project, 'main')
  expect(existsSync(mark)).toBe(true)
})

it('says when the head is the same commit', async () => {
  const project = makeProject()
  expect((await open(project, 'main')).notes).toEqual([expect.stringMatching(/same commit: what is measured is noise/)])
})

it('checks out what export-ignore would leave out', async () => {
  const project = makeProject()
  project.write({ '.gitattributes': 'bench export-ignore\n' })
  project.commit('two')
  expect(contentOf((await open(project, 'main')).code.scenarioUrl)).toBe(scenarioUsing('../client.js'))
})

it("keeps the head's scenario where the base has none, and looks for its imports in the base first", async () => {
  const project = makeProject()
  project.git('rm', '--quiet', 'bench/scenario.js')
  project.commit('without')
  project.write({ 'bench/scenario.js': scenarioUsing('../client.js') })
  const { code } = await open(project, 'main')
  expect(code.scenarioUrl).toBe(urlOf(project, 'bench/scenario.js'))
  expect(code.imports).toEqual([
    {
      kind: 'tree',
      head: `${pathToFileURL(project.folder)}/`,
      base: expect.stringMatching(/^file:.*\/git-[0-9a-f]+.*\/$/),
    },
  ])
})

it("shares the head's packages where the lockfile is the same, installs where it is not", async () => {
  const project = makeProject()
  const lockfile = (version: string) =>
    JSON.stringify({ name: 'p', version, lockfileVersion: 3, packages: { '': { name: 'p', version } } })
  project.write({
    'package.json': JSON.stringify({ name: 'p', version: '1.0.0' }),
    'package-lock.json': lockfile('1.0.0'),
    'node_modules/mark': '',
  })
  project.commit('locked')
  const shared = fileURLToPath(new URL('../node_modules', (await open(project, 'main')).code.scenarioUrl))
  expect(lstatSync(shared).isSymbolicLink()).toBe(true)
  project.write({ 'package-lock.json': lockfile('1.0.1') })
  const installed = fileURLToPath(new URL('../node_modules', (await open(project, 'main')).code.scenarioUrl))
  expect(existsSync(join(installed, 'mark'))).toBe(false)
  expect(readdirSync(project.cacheFolder)).toHaveLength(2)
})

it('makes the base ready by a command of the user, and says how it failed', async () => {
  const project = makeProject()
  project.write({ 'package.json': '{}' })
  project.commit('manifest')
  const { code } = await open(project, 'main', { baseSetup: 'echo built > built.txt' })
  expect(contentOf(new URL('../built.txt', code.scenarioUrl).href)).toBe('built\n')
  await expect(open(project, 'main', { baseSetup: 'echo no compiler >&2; exit 3' })).rejects.toThrow(
    /--base-setup failed in [\s\S]*no compiler/,
  )
  expect(readdirSync(project.cacheFolder).filter((name) => name.startsWith('.making'))).toEqual([])
})

it.each(['{"name": "p",', 'null', '<<<<<<< HEAD'])(
  "names the base's package.json where it is damaged: %s",
  async (text) => {
    const project = makeProject()
    project.write({ 'package.json': text })
    project.commit('damaged')
    project.write({ 'package.json': '{"name": "p"}' })
    await expect(open(project, 'main')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^the base's package.json is damaged \(.*--base-setup instead/),
    })
  },
)

it('takes a folder: another copy of the project as it is, or a package', async () => {
  const project = makeProject()
  const copy = makeProject()
  expect((await open(project, copy.folder)).code.scenarioUrl).toBe(urlOf(copy, 'bench/scenario.js'))
  const { folder } = makePackage(project, '2.0.0', clientSending(2))
  const { code } = await open(project, folder)
  expect(code).toMatchObject({ label: 'tiny-client@2.0.0', imports: [{ kind: 'package', name: 'tiny-client' }] })
})

it('installs a package by npm, one version once', async () => {
  const project = makeProject()
  const { tarball } = makePackage(project, '2.0.0', clientSending(2))
  for (const base of [tarball, '../tiny-client-2.0.0.tgz', `npm:${tarball}`]) {
    expect((await open(project, base)).code.label).toBe('tiny-client@2.0.0')
  }
  expect(readdirSync(project.cacheFolder)).toHaveLength(1)
})

it.each([
  [
    'no-such-ref',
    /expected a git ref, a folder or name@version of a package, got 'no-such-ref'; git knows no commit.*git fetch origin no-such-ref.*fetch-depth/,
  ],
  ['git:undici@7', /git knows no commit 'undici@7'/],
  ['--upload-pack=x', /expected a git ref/],
  ['', /expected a git ref/],
  ['./no-such-folder', /there is no folder .*no-such-folder/],
  ['./no-such.tgz', /there is no file .*no-such.tgz/],
  ['.', /is the folder that is measured/],
  ['../empty', /neither another copy of the scenario's project nor a package/],
  ['./broken.tgz', /npm could not install .*broken.tgz[\s\S]*npm error/],
])('refuses %j', async (base, message) => {
  const project = makeProject()
  project.write({ '../empty/readme': '', 'broken.tgz': 'not a tarball' })
  await expect(open(project, base)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) })
})

it('says when there is no repository', async () => {
  const project = makeTinyProject()
  project.write({ '../elsewhere/scenario.js': '' })
  const scenario = pathToFileURL(join(project.folder, '../elsewhere/scenario.js')).href
  const opening = openBase(scenario, { base: 'main', workingFolder: project.folder, cacheFolder: project.cacheFolder })
  await expect(opening).rejects.toThrow(/not in a git repository, so there are no refs/)
})

it('stops when it is told to', async () => {
  const project = makeProject()
  project.write({ 'package.json': '{}' })
  project.commit('manifest')
  const signal = AbortSignal.timeout(500)
  const opening = open(project, 'main', { baseSetup: 'exec sleep 60', signal })
  await expect(opening.catch((error: unknown) => error)).resolves.toMatchObject({ name: 'TimeoutError' })
})
