// Proves that the package works where nothing but it is installed: packs it, installs the tarball in an empty folder, and
// runs bundled and own scenarios on the oldest Node that it promises and on later ones. Needs the npm registry.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { documentNames } from '../../src/cli/json-schema.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const nodeVersions = ['22.19.0', '24']
const quick = ['--warm-up', '50ms', '--block', '10ms', '--rounds', '3', '--budget', '60s']

const folder = mkdtempSync(join(tmpdir(), 'sessionbench-package-'))
try {
  const results = prove()
  const failed = results.filter((ok) => !ok).length
  console.log(`${results.length - failed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
} finally {
  rmSync(folder, { recursive: true })
}

function prove(): boolean[] {
  const tarball = pack()
  const project = installInto('project', [tarball, '@types/node@26'])
  const typescript = join(root, 'node_modules/.bin/tsc')
  writeOwnScenario(project)
  const checks = nodeVersions.flatMap((version) => {
    const path = `${join(installInto(`node-${version}`, [`${nodePackage()}@${version}`]), 'node_modules', nodePackage(), 'bin')}:${process.env.PATH}`
    const npx = (label: string, args: readonly string[], expected: RegExp, cwd = project) =>
      check(`Node ${version}: ${label}`, { cwd, path, command: ['npx', '--no', 'sessionbench', ...args], expected })
    return [
      npx('--version', ['--version'], /^\d+\.\d+\.\d+\s*$/),
      npx('list', ['list'], /stateless-vs-session/),
      npx('run', ['run', ...quick, '--rtt', '0'], /https, 0 ms RTT[\s\S]*ledger agrees in 12 of 12 blocks/),
      npx('own scenario', ['run', 'mine.ts', ...quick], /mine: [\s\S]*Verdict:\s+\w+/),
    ]
  })
  return [
    ...checks,
    check('types of an own scenario', {
      cwd: project,
      command: [
        typescript,
        '--noEmit',
        '--types',
        'node',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2024',
        '--skipLibCheck',
        'false',
        'mine.ts',
      ],
      expected: /^$/,
    }),
    ...documentNames.map((name) =>
      check(`the JSON Schema of ${name}`, {
        cwd: project,
        command: ['node', '-p', `require('sessionbench/${name}.schema.json').$id`],
        expected: new RegExp(`^urn:sessionbench:${name}:\\d+\n$`),
      }),
    ),
    check('an old Node says so in one line', {
      cwd: project,
      path: `${join(installInto('node-20', [`${nodePackage()}@20`]), 'node_modules', nodePackage(), 'bin')}:${process.env.PATH}`,
      command: ['node', 'node_modules/.bin/sessionbench', 'list'],
      expected: /^sessionbench needs Node 22\.19 or newer \(of 23 from 23\.5\), this is v20[^\n]*\n$/,
      code: 2,
    }),
  ]
}

function pack(): string {
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [packed] = Object.values(JSON.parse(output.slice(output.search(/[[{]/)))) as { filename: string }[]
  return join(folder, packed?.filename as string)
}

/** Installs packages in a folder with nothing else in it. */
function installInto(name: string, packages: readonly string[]): string {
  const target = join(folder, name)
  mkdirSync(target)
  writeFileSync(join(target, 'package.json'), '{ "type": "module", "private": true }\n')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...packages], {
    cwd: target,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return target
}

function nodePackage(): string {
  return `node-${process.platform}-${process.arch}`
}

function writeOwnScenario(project: string): void {
  cpSync(join(root, 'test/e2e/scenarios/sweep.ts'), join(project, 'mine.ts'))
}

interface Check {
  readonly cwd: string
  readonly path?: string
  readonly command: readonly string[]
  readonly expected: RegExp
  readonly code?: number
}

function check(label: string, { cwd, path, command: [program = '', ...args], expected, code = 0 }: Check): boolean {
  const env = { ...process.env, ...(path !== undefined && { PATH: path }) }
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  const ok = status === code && expected.test(code === 0 ? stdout : stderr)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${label}`)
  if (!ok) console.log(`exit code ${status}, expected ${code} and ${expected}\n${stdout}\n${stderr}`)
  return ok
}
