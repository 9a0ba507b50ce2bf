import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A project in a git repository of its own, with what it was and what it is; removed when the test ends. */
export interface TinyProject {
  readonly folder: string
  /** An empty cache folder, to be given as XDG_CACHE_HOME or as `cacheFolder`. */
  readonly cacheFolder: string
  write(files: Readonly<Record<string, string>>): void
  git(...args: string[]): string
  commit(message: string): string
}

/** How many requests one iteration sends is what tells the versions apart: a count that no noise can change. */
export const clientSending = (requests: number) => `
import { get } from 'sessionbench/session'
export async function work(url, options) {
  for (let i = 0; i < ${requests}; i++) await (await get(url, options)).text()
}
`

export const scenarioUsing = (module: string, variants: readonly string[] = ['client']) => `
import { defineScenario } from 'sessionbench'
import { get } from 'sessionbench/session'
import { work } from '${module}'

const client = ({ target }) => (signal) => work(target.url('/get'), { ca: target.ca, signal })
export default defineScenario({
  question: 'How many requests does the client send?',
  workload: { model: 'closed', concurrency: 2 },
  baseline: 'plain',
  variants: {
    plain: ({ target }) => (signal) => get(target.url('/get'), { ca: target.ca, signal }),
    ${variants.map((variant) => `'${variant}': client,`).join('\n    ')}
  },
})
`

export function makeTinyProject(): TinyProject {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sessionbench-versions-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const folder = join(root, 'project')
  mkdirSync(folder)
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    ).trim()
  git('init', '--quiet', '--initial-branch=main')
  const write: TinyProject['write'] = (files) => writeFiles(folder, files)
  return {
    folder,
    cacheFolder: join(root, 'cache'),
    write,
    git,
    commit(message) {
      git('add', '--all')
      git('commit', '--quiet', '--message', message)
      return git('rev-parse', 'HEAD')
    },
  }
}

/** Puts a package beside the project, as a tarball and as a folder. */
export function makePackage(
  { folder }: TinyProject,
  version: string,
  index: string,
): { tarball: string; folder: string } {
  const place = join(dirname(folder), `tiny-client-${version}`)
  mkdirSync(place)
  writeFiles(place, {
    'package.json': JSON.stringify({ name: 'tiny-client', version, type: 'module', exports: './index.js' }),
    'index.js': index,
  })
  execFileSync('npm', ['pack', '--silent', '--offline', '--pack-destination', dirname(folder)], { cwd: place })
  return { tarball: `${place}.tgz`, folder: place }
}

/** Makes a package importable in the project, as if it were installed. */
export function linkPackage({ folder }: TinyProject, place: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(place, join(folder, 'node_modules/tiny-client'), 'dir')
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
