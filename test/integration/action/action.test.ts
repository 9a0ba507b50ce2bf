// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's own expressions
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

describe('the action', () => {
  it('is a composite of bash steps that take values by the environment only', () => {
    expect(action.runs.using).toBe('composite')
    for (const { run, shell } of steps) {
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
    for (const use of uses) expect(use).toMatch(/^(\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40})$/)
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
    expect(calls).toEqual([`compare one two --base main; touch hacked --report md=${folder}/report.md --rtt 0`])
    expect(readFileSync(join(folder, 'output'), 'utf8')).toBe(`exit-code=1\nreport=${folder}/report.md\n`)
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toBe('# report\n')
  })

  it.each([
    ['', `api --silent --method POST repos/o/r/issues/7/comments`],
    ['99', `api --silent --method PATCH repos/o/r/issues/comments/99`],
  ])('post one comment, and replace it later: known %j', (known, call) => {
    const { status, calls, stderr } = runStep('Comment', {
      KNOWN: known,
      REPOSITORY: 'o/r',
      NUMBER: '7',
      GH_TOKEN: 't',
    })
    expect(status, stderr).toBe(0)
    expect(calls.at(-1)).toBe(`${call} --field body=@${folder}/report.md.comment`)
    expect(readFileSync(join(folder, 'report.md.comment'), 'utf8')).toBe('<!-- sessionbench compare -->\n# report\n')
  })

  it('end with the exit code of the comparison', () => {
    expect(runStep('Verdict', { CODE: '1' }).status).toBe(1)
    expect(runStep('Verdict', { CODE: '0' }).status).toBe(0)
  })
})
