import type { KnipConfig } from 'knip'

/** What is started by its URL: threads and processes of their own, scenarios. What ends in ! is no test's. */
const programs = [
  'scenarios/*.ts!',
  'src/arm/process.ts!',
  'src/arm/watch-parent.mjs!',
  'src/probe/watch-thread.ts!',
  'src/arm/watch-thread.ts!',
  'src/tune/tuning-scenario.ts!',
  'fixtures-server/main.ts!',
  'fixtures-server/link/worker.ts!',
  'fixtures-server/workers/serving-worker.ts!',
]

/** Fails what has no user; with --production what only tests use. The entries that package.json publishes knip knows. */
const config: KnipConfig = ({ production = false }) => ({
  entry: [...programs, 'test/{e2e,proofs}/scenarios/*.ts', 'test/types/*.test-d.ts'],
  project: ['{src,scenarios,fixtures-server}/**/*.{ts,mjs}!', 'test/**/*.{ts,mjs}'],
  // Programs that tests start are the system's.
  exclude: ['binaries'],
  // A test may look at a part of what its file is for.
  ignoreExportsUsedInFile: production,
  vitest: { config: ['test/vitest.config.ts', 'test/mutation/vitest.config.ts'] },
  stryker: { config: 'test/mutation/stryker.config.mjs' },
})

export default config
