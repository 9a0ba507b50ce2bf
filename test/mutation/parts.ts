import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A part of the tree whose tests are tested together: its files, and the tests that shall notice a change in them. */
export interface Part {
  readonly name: string
  readonly files: readonly string[]
  readonly tests: readonly string[]
}

interface PartGlobs {
  readonly files: readonly string[]
  readonly tests: readonly string[]
  readonly except?: readonly string[]
}

// Only unit tests that take milliseconds: each mutant runs those that reach it, and simulations of whole runs take longer
// than all the others together.
const globs: Readonly<Record<string, PartGlobs>> = {
  statistics: {
    files: ['src/statistics/*.ts'],
    tests: ['test/unit/statistics/*.test.ts'],
    except: ['test/unit/statistics/claims.test.ts'],
  },
  judge: {
    files: ['src/judge/*.ts'],
    tests: ['test/unit/judge/*.test.ts'],
  },
  plan: {
    files: ['src/plan/*.ts'],
    tests: [
      'test/unit/plan/*.test.ts',
      'test/unit/engine/rate-profile.test.ts',
      'test/unit/scenario/engine-problems.test.ts',
    ],
  },
  capacity: {
    files: ['src/tune/search/*.ts'],
    tests: ['test/unit/tune/search/*.test.ts'],
    except: ['test/unit/tune/search/simulated-*.test.ts', 'test/unit/tune/search/tuning.test.ts'],
  },
}

/**
 * What of the session computes without a socket, a clock or a stream (the rest is what the integration tests are for), and
 * which tests of it look at what: a change of a constant runs all that a part has, here some that send thousands of calls.
 */
const sessionTests: Readonly<Record<string, readonly string[]>> = {
  'policy/challenge': ['policy/digest'],
  'policy/cookie-checks': ['policy/cookie-options'],
  'policy/cookie-path': ['policy/cookie-path', 'policy/cookies'],
  'policy/cookies': ['policy/cookies', 'properties'],
  'body/decode-text': ['body/decode-text'],
  'policy/digest': ['policy/digest'],
  'head/header-text': ['head/header-text'],
  'head/target': ['head/target'],
  'head/headers': ['body/encode-body', 'head/header-text', 'properties'],
  'head/links': ['head/header-text', 'head/links'],
  mask: ['mask'],
  'options/mount-prefix': ['options/mounts'],
  'body/multipart': ['body/encode-body', 'body/multipart'],
  'fetch/matches-integrity': ['fetch/matches-integrity'],
  'policy/netrc': ['policy/netrc'],
  'policy/no-proxy': ['policy/proxy'],
  'policy/proxy': ['policy/proxy'],
  'head/params': ['body/encode-body', 'properties'],
  'head/read-pairs': ['body/encode-body', 'head/read-pairs'],
  'policy/redirect': ['properties', 'policy/redirect'],
  'policy/retry': ['policy/retry'],
  'policy/retry-after': ['policy/retry'],
  'policy/settled-lines': ['policy/cookies', 'policy/settled-lines'],
  'wire/phase-limit': ['wire/phase-limit'],
}

/** Finds the parts that an argument names: a part's name, or files or folders of the tree; nothing names all of them. */
export function findParts(names: readonly string[]): Part[] {
  const parts = [...Object.entries(globs).map(listPart), ...sessionParts()]
  if (names.length === 0) return parts
  const isNamed = (file: string) =>
    names.some((name) => file === name || file.startsWith(`${name.replace(/\/$/, '')}/`))
  return parts
    .map((part) => (names.includes(part.name) ? part : { ...part, files: part.files.filter(isNamed) }))
    .filter(({ files }) => files.length > 0)
}

function listPart([name, { files, tests, except = [] }]: [string, PartGlobs]): Part {
  return { name, files: list(files, except), tests: list(tests, except) }
}

function sessionParts(): Part[] {
  return Object.entries(sessionTests).map(([name, tests]) => ({
    name: 'session',
    files: [`src/session/${name}.ts`],
    tests: tests.map((test) => `test/unit/session/${test}.test.ts`),
  }))
}

function list(patterns: readonly string[], except: readonly string[]): string[] {
  return globSync([...patterns], { cwd: root, exclude: [...except] }).sort()
}
