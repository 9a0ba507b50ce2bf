// Tests the tests: changes the code in one place after another, and names the changes that no test notices.
// npm run mutate [-- a part's name, file or folder …]: reports in .mutation, where the next run finds what has not changed.
import { Stryker } from '@stryker-mutator/core'
import { findParts, type Part } from './parts.ts'

const parts = findParts(process.argv.slice(2))
if (parts.length === 0) {
  console.error(
    `Nothing to change: expected ${findParts([])
      .map(({ name }) => name)
      .join(', ')}, or files of them.`,
  )
  process.exitCode = 2
}
for (const part of parts) await mutate(part)

async function mutate({ name, files, tests }: Part): Promise<void> {
  // vitest.config.ts reads it in the worker: mutants that are loaded with a file run all tests that the config lists.
  process.env.MUTATION_TESTS = JSON.stringify(tests)
  const stryker = new Stryker({
    mutate: [...files],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts' },
    coverageAnalysis: 'perTest',
    concurrency: Number(process.env.MUTATION_CONCURRENCY ?? 1),
    // A loop without an end is told from a busy machine.
    timeoutMS: 20_000,
    incremental: true,
    incrementalFile: `.mutation/${name}.json`,
    tempDirName: '.mutation/sandbox',
    // Rewriting tsconfig.json for the sandbox needs TypeScript's old API; nothing there reads it.
    tsconfigFile: 'none.json',
    disableTypeChecks: false,
    reporters: ['clear-text', 'html'],
    htmlReporter: { fileName: `.mutation/${name}.html` },
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, allowEmojis: false },
    allowConsoleColors: false,
    // Mutants that no test reaches are survivors as others are: a score is information, never a failed command.
    thresholds: { high: 90, low: 80, break: null },
  })
  await stryker.runMutationTest()
}
