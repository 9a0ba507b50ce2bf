import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: {
      'sessionbench/session': fromRoot('src/session/index.ts'),
      sessionbench: fromRoot('src/index.ts'),
    },
  },
  test: {
    root: fromRoot('.'),
    include: ['test/**/*.test.ts'],
    // Real sockets and child processes on a small shared machine: generous limits, and no assertion on wall-clock time.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
