export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // A loop without an end is told from a busy machine.
  timeoutMS: 10_000,
  incremental: true,
  tempDirName: '.mutation/sandbox',
  // Rewriting tsconfig.json for the sandbox needs TypeScript's old API; nothing there reads it.
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  allowEmpty: true,
  logLevel: 'warn',
  warnings: { slow: false },
  reporters: ['html'],
}
