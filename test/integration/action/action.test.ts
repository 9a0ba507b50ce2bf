// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's own expressions
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  readonly with?: Readonly<Record<string, string>>
}

const read = (path: string) => parse(readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8'))
const action = read('action.yml')
const workflow = read('.github/workflows/compare.yml')
const steps: readonly Step[] = action.runs.steps

const pinned = /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/

describe('the action', () => {
  it('is a composite of pinned actions, and of bash steps that take values by the environment only', () => {
    expect(action.runs.using).toBe('composite')
    for (const { run, shell, uses } of steps) {
      if (uses !== undefined) {
        expect(uses).toMatch(pinned)
        continue
      }
      expect(shell).toBe('bash')
      expect(run).not.toContain('${{')
    }
  })

  it('has inputs for all that its steps ask for', () => {
    const text = JSON.stringify(action)
    for (const [, input = ''] of text.matchAll(/inputs\.([\w-]+)/g)) expect(action.inputs).toHaveProperty(input)
  })
})

describe('the workflow', () => {
  it('has no more rights than it needs, and pins what it uses', () => {
    expect(workflow.permissions).toEqual({ contents: 'read', 'pull-requests': 'write' })
    const uses = (workflow.jobs.compare.steps as Step[]).flatMap((step) => step.uses ?? [])
    for (const use of uses.filter((each) => each !== './')) expect(use).toMatch(pinned)
  })

  it('gives the action inputs that it has', () => {
    const own = (workflow.jobs.compare.steps as Step[]).find(({ uses }) => uses === './')
    for (const input of Object.keys(own?.with ?? {})) expect(action.inputs).toHaveProperty(input)
  })
})

describe('the steps, run by bash', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sessionbench-action-'))
    // What the steps call, in place of sessionbench and gh: they write down how they were called.
    const stub = (name: string, body: string) => {
      writeFileSync(join(folder, name), `#!/bin/bash\nprintf '%s\\n' "$*" >> "$LOG"\n${body}\n`)
      chmodSync(join(folder, name), 0o755)
    }
    stub('bench', 'for a; do case "$a" in md=*) echo "# report" > "${a#md=}";; esac; done; exit 1')
    stub('gh', 'case "$*" in *--paginate*) echo "$KNOWN";; esac')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function runStep(name: string, env: Readonly<Record<string, string>>) {
    const step = steps.find((candidate) => candidate.name === name)
    const log = join(folder, `${name}.log`)
    writeFileSync(log, '')
    const report = join(folder, 'report.md')
    const files = {
      LOG: log,
      REPORT: report,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    }
    const PATH = `${folder}:${process.env.PATH}`
    const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? '']
    const { status, stderr } = spawnSync('bash', args, {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH, ...files, ...env },
    })
    return { status, stderr, calls: readFileSync(log, 'utf8').trim().split('\n') }
  }

  it('hand the words over, keep the exit code and the report', () => {
    const env = { COMMAND: 'bench', SCENARIOS: 'one two', BASE: 'main; touch hacked', OPTIONS: '--rtt 0' }
    const { status, calls, stderr } = runStep('Compare', env)
    expect(status, stderr).toBe(0)
    const [, own = ''] = /^folder=(.*)$/m.exec(readFileSync(join(folder, 'output'), 'utf8')) ?? []
    expect(own).toMatch(/sessionbench\.\w{6}$/)
    const files = `--report md=${own}/report.md --out ${own}/results.json`
    expect(calls).toEqual([`compare one two --base main; touch hacked ${files} --rtt 0`])
    expect(readFileSync(join(folder, 'output'), 'utf8')).toBe(
      `exit-code=1\nfolder=${own}\nreport=${own}/report.md\nresults=${own}/results.json\n`,
    )
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toBe('# report\n')
  })

  it('take words from several lines, and a command with spaces for the base', () => {
    const lines = { SCENARIOS: 'one\n  two\n', OPTIONS: '--rtt 0\n--variant a\n', BASE_SETUP: 'pnpm i && pnpm build' }
    const { status, calls, stderr } = runStep('Compare', { COMMAND: 'bench', BASE: 'main', ...lines })
    expect(status, stderr).toBe(0)
    expect(calls[0]).toMatch(/^compare one two --base main .* --rtt 0 --variant a --base-setup pnpm i && pnpm build$/)
  })

  it.each([
    ['', `api --silent --method POST repos/o/r/issues/7/comments`],
    [
      `99\n${Array.from({ length: 20_000 }, (_, index) => index).join('\n')}`,
      `api --silent --method PATCH repos/o/r/issues/comments/99`,
    ],
    ['99', `api --silent --method PATCH repos/o/r/issues/comments/99`],
  ])('post one comment, and replace it later: known %.20s', (known, call) => {
    writeFileSync(join(folder, 'report.md'), '# report\n')
    const { status, calls, stderr } = runStep('Comment', {
      KNOWN: known,
      REPOSITORY: 'o/r',
      NAME: 'a "--> $(touch hacked)',
      NUMBER: '7',
      GH_TOKEN: 't',
    })
    expect(status, stderr).toBe(0)
    expect(calls.at(-1)).toBe(`${call} --field body=@${folder}/report.md.comment`)
    expect(readFileSync(join(folder, 'report.md.comment'), 'utf8')).toBe(
      '<!-- sessionbench a  touch hacked -->\n# report\n',
    )
    expect(existsSync(join(folder, 'hacked'))).toBe(false)
  })

  it('end with the exit code of the comparison', () => {
    expect(runStep('Verdict', { CODE: '1' }).status).toBe(1)
    expect(runStep('Verdict', { CODE: '0' }).status).toBe(0)
  })
})
