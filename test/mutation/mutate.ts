// Tests the tests: changes the code in one place after another, and names the changes that no test notices.
// npm run mutate [-- a part's name, file or folder …]: reports in .mutation, where the next run finds what has not changed.
// Scores, and what may survive: README.md beside this file.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Stryker } from '@stryker-mutator/core'
import { findParts, type Part } from './parts.ts'

type Mutants = Awaited<ReturnType<Stryker['runMutationTest']>>

interface Outcome {
  readonly status: string
  readonly statusReason?: string
}

const unnoticed: Readonly<Record<string, string>> = {
  Survived: '',
  NoCoverage: ' (no test comes here)',
  RuntimeError: ' (the tests’ process ended twice)',
}

type Counts = { noticed: number; survived: number }

const parts = findParts(process.argv.slice(2))
if (parts.length === 0) {
  const names = new Set(findParts([]).map(({ name }) => name))
  console.error(`Nothing to change: expected ${[...names].join(', ')}, or files of them.`)
  process.exitCode = 2
}
const totals = new Map<string, Counts>()
for (const part of parts) {
  const total = totals.get(part.name) ?? { noticed: 0, survived: 0 }
  totals.set(part.name, total)
  for (const file of part.files) {
    const own = await mutate(file, part)
    total.noticed += own.noticed
    total.survived += own.survived
  }
}
for (const [name, total] of totals) console.log(`${name}: ${renderCounts(total)}`)

/**
 * Whether a test failed at a change, a loop had no end, or a file of tests could not be loaded for it. Where the tests'
 * process itself ended, nobody knows whether it was the change or the machine that ended it, and elsewhere it may live.
 */
function isNoticed({ status, statusReason = '' }: Outcome): boolean {
  if (status !== 'RuntimeError') return status === 'Killed' || status === 'Timeout'
  return /^An error occurred outside of a test run: \S+\.test\.ts: /.test(statusReason)
}

/** One file at a time: the changes that wait in the others would slow down the tests that come through them. */
async function mutate(file: string, { tests }: Part): Promise<Counts> {
  // vitest.config.ts reads it in the worker: mutants that are loaded with a file run all tests that the config lists.
  process.env.MUTATION_TESTS = JSON.stringify(tests)
  const incrementalFile = `.mutation/${file}.json`
  forgetSurvivors(incrementalFile)
  const stryker = new Stryker({
    configFile: 'test/mutation/stryker.config.mjs',
    mutate: [file],
    incrementalFile,
    htmlReporter: { fileName: `.mutation/${file}.html` },
  })
  return report(file, await stryker.runMutationTest())
}

/** Stryker does not try a change of a constant again that has survived, whatever tests have come since: all survivors are tried again. */
function forgetSurvivors(incrementalFile: string): void {
  if (!existsSync(incrementalFile)) return
  const known = JSON.parse(readFileSync(incrementalFile, 'utf8')) as {
    files: Record<string, { mutants: Outcome[] }>
  }
  for (const file of Object.values(known.files)) {
    file.mutants = file.mutants.filter(isNoticed)
  }
  writeFileSync(incrementalFile, JSON.stringify(known))
}

function report(file: string, mutants: Mutants): Counts {
  const survivors = mutants.filter((mutant) => mutant.status in unnoticed && !isNoticed(mutant))
  const counts = { noticed: mutants.filter(isNoticed).length, survived: survivors.length }
  console.log(`${file}: ${renderCounts(counts)}`)
  const lines = readFileSync(file, 'utf8').split('\n')
  for (const { location, replacement = '', status } of survivors) {
    const { line, column } = location.start
    const code = lines[line - 1] ?? ''
    const end = location.end.line === line ? location.end.column : code.length
    const place = `${file}:${line}:${column}`
    const why = unnoticed[status]
    console.log(`  ${place}  ${code.slice(column - 1, end - 1)}  →  ${replacement.replace(/\s+/g, ' ')}${why}`)
  }
  return counts
}

function renderCounts({ noticed, survived }: Counts): string {
  const all = noticed + survived
  return `${noticed} of ${all} changes noticed${all === 0 ? '' : `, ${((noticed / all) * 100).toFixed(1)} %`}`
}
