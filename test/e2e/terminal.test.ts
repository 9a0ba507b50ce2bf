import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBaseline, renderBaseline } from '../../src/check/baseline-model.ts'
import { renderJson } from '../../src/document/json.ts'
import { renderCsv } from '../../src/report/csv.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { documents, makeHostile, manifold } from '../unit/report/documents.ts'
import { cliEntry, quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/raw-agents.ts', import.meta.url))
const harmful = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const ownColours = /\p{Cc}\[(?:1|2|22|31|32|33|39)m/gu
const nasty = '\u001b]0;pwned\u0007\u009b31m\u202e'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-terminal-'))
  await writeFile(join(folder, 'results.json'), renderJson(manifold))
  await writeFile(join(folder, 'valid.json'), renderJson(documents.held))
  await writeFile(join(folder, 'hostile.json'), renderJson(makeHostile(manifold, `${nasty}\n::error::x`)))
  await writeFile(join(folder, 'baseline.json'), renderBaseline(makeBaseline(makeHostile(manifold, nasty))))
})
afterAll(() => rm(folder, { recursive: true }))

describe('what came from elsewhere, on a terminal', () => {
  it.each([
    ['report', 'hostile.json'],
    ['compare', 'hostile.json', 'hostile.json'],
    ['baseline', 'show', '--baseline', 'baseline.json'],
    ['baseline', 'diff', 'hostile.json', '--baseline', 'baseline.json'],
    ['report', `${nasty}.json`],
    ['run', `${nasty}.ts`],
    ['report', 'results.json', '--report', `${nasty}=x`],
    [`--${nasty}`],
    [nasty],
    ['serve', '--host', nasty],
  ])('is shown and not obeyed: %j', async (...args) => {
    for (const env of [{ FORCE_COLOR: '1' }, { NO_COLOR: '1' }]) {
      const { stdout, stderr } = await runCli(args, { cwd: folder, env: { ...env, GITHUB_ACTIONS: 'true' } })
      const shown = `${stdout}${stderr}`.replaceAll('\u200b', '')
      expect('FORCE_COLOR' in env ? shown.replaceAll(ownColours, '') : shown).not.toMatch(harmful)
      expect(shown).toMatch(/\\u001b\]0;pwned\\u0007|\\u009b31m/)
      expect(`${stdout}\n${stderr}`).not.toMatch(/^\s*::/m)
    }
  })

  it('is a reason phrase of the target', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => socket.write(`HTTP/1.1 503 ${nasty}\r\nContent-Length: 0\r\n\r\n`, 'latin1'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const path = join(folder, 'reads.ts')
    await writeFile(
      path,
      `import { defineScenario } from 'sessionbench'
      const make = ({ target }) => async () => {
        const response = await fetch(target.origin)
        await response.arrayBuffer()
        throw new Error('it said ' + response.statusText)
      }
      export default defineScenario({ question: 'q', baseline: 'a', variants: { a: make, b: make } })`,
    )
    const target = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    const { code, stdout, stderr } = await runCli(['run', path, '--target', target, ...quick])
    server.close()
    expect(code).toBe(2)
    expect(stdout).toMatch(/it said \\u001b\]0;pwned\\u0007/)
    expect(stdout + stderr).not.toMatch(harmful)
  })

  it('is what a scenario prints', async () => {
    const path = join(folder, 'prints.ts')
    const print = `console.log('${'\\u001b[32mgreen\\u001b[39m'} ${JSON.stringify(nasty).slice(1, -1)} and\\rover')`
    await writeFile(
      path,
      `${print}\n${"import { defineScenario } from 'sessionbench'\n"}
      const make = () => async () => {}
      export default defineScenario({ question: 'q', baseline: 'a', variants: { a: make, b: make } })`,
    )
    const { stderr } = await runCli(['run', path, ...quick, '--rounds', '1'], { cwd: folder })
    expect(stderr).toMatch(/^green .*and over$/m)
    expect(stderr).not.toMatch(harmful)
  })

  it('is a document for programs, which is left as it is where no terminal is', async () => {
    const csv = await runCli(['report', 'hostile.json', '--report', 'csv=-'], { cwd: folder })
    expect(csv.stdout).toBe(renderCsv(makeHostile(manifold, `${nasty}\n::error::x`)))
    const md = await runCli(['report', 'hostile.json', '--report', 'md=-'], { cwd: folder })
    expect(md.stdout).toBe(renderMarkdown(makeHostile(manifold, `${nasty}\n::error::x`)))
  })
})

describe('a stdout that cannot be written', () => {
  const shell = (script: string, ...args: string[]) =>
    promisify(execFile)('bash', ['-c', script, 'bash', process.execPath, cliEntry, ...args], {
      cwd: folder,
      timeout: 60_000,
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
    )

  it.each([
    ['report', 'results.json'],
    ['report', 'results.json', '--format', 'json'],
    ['report', 'results.json', '--report', 'html=-'],
    ['compare', 'valid.json', 'valid.json'],
    ['baseline', 'show', '--baseline', 'baseline.json'],
    ['baseline', 'save', '--from', 'valid.json', '--baseline', 'new.json', '--force'],
    ['list'],
    ['list', '--format', 'json'],
    ['schema'],
    ['run', scenario, ...quick, '--rounds', '1'],
    ['serve'],
    ['serve', '--format', 'json'],
    ['--help'],
    ['--version'],
    ['run', '--help'],
  ])('is said, with exit code 2: %j', async (...args) => {
    const { code, stderr } = await shell('exec "$@" > /dev/full', ...args)
    expect(stderr).toMatch(/^sessionbench: cannot write stdout \(ENOSPC: /m)
    expect(code).toBe(2)
  })

  it.each([
    ['report', 'results.json', '--report', 'html=-'],
    ['list', '--format', 'json'],
    ['report', 'results.json'],
    ['--help'],
  ])('because its reader has left is no trouble: %j', async (...args) => {
    const { code, stdout, stderr } = await shell('set -o pipefail; "$@" | head -c 1', ...args)
    expect({ code, length: stdout.length, stderr }).toEqual({ code: 0, length: 1, stderr: '' })
  })

  it('does not hide what the command says otherwise', async () => {
    const { code, stderr } = await shell('exec "$@" > /dev/full', 'report', 'none.json')
    expect(stderr).toMatch(/cannot read none.json/)
    expect(code).toBe(2)
  })
})
