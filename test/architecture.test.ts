import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { findEffects, findReplacements } from './proofs/house/find-effects.ts'
import { openHouse } from './proofs/house/open-house.ts'

// The plan of the house as data: which stage may import which. README's Architecture section says it in words.
const root = fileURLToPath(new URL('..', import.meta.url))

interface Stage {
  /** Stages whose files may be imported. */
  readonly uses: readonly string[]
  /** Stages of which only types may be imported. */
  readonly typesOf?: readonly string[]
  /** No node: import, no clock, no randomness, no console, no await. */
  readonly isPure?: boolean
}

const trunk = [
  'session',
  'statistics',
  'sample',
  'words',
  'scenario',
  'plan',
  'probe',
  'engine',
  'arm',
  'target',
  'judge',
  'run',
]
  .concat(['document', 'report', 'store'])
  .map((room) => `src/${room}`)

/** A question: it uses the trunk, and no other question. */
const question: Stage = { uses: trunk }

const stages: Readonly<Record<string, Stage>> = {
  // From the ground up.
  'src/session': { uses: [] },
  'src/sample': { uses: [], isPure: true },
  'src/words': { uses: [], typesOf: ['src/sample', 'src/scenario'], isPure: true },
  'src/statistics': { uses: ['src/sample'], isPure: true },
  'src/scenario': { uses: [] },
  'src/plan': { uses: ['src/scenario'], isPure: true },
  'src/probe': { uses: ['src/plan', 'src/sample'] },
  'src/engine': { uses: ['src/plan', 'src/probe', 'src/sample'], typesOf: ['src/scenario'] },
  'src/arm': { uses: ['src/engine', 'src/plan', 'src/probe', 'src/sample', 'src/scenario'] },
  'src/target': { uses: ['src/plan', 'src/sample'], typesOf: ['src/scenario', 'fixtures-server'] },
  'src/judge': { uses: ['src/plan', 'src/sample', 'src/scenario', 'src/statistics', 'src/words'], isPure: true },
  'src/document': {
    uses: ['src/judge', 'src/plan', 'src/sample', 'src/scenario', 'src/statistics', 'src/words'],
    isPure: true,
  },
  'src/run': {
    uses: [
      'src/arm',
      'src/document',
      'src/judge',
      'src/plan',
      'src/sample',
      'src/scenario',
      'src/statistics',
      'src/target',
    ],
    typesOf: ['src/engine'],
  },
  'src/report': {
    uses: ['src/document', 'src/plan', 'src/sample', 'src/scenario', 'src/statistics', 'src/words'],
    isPure: true,
  },
  'src/store': { uses: ['src/document', 'src/report', 'src/sample'] },
  // A room per question.
  'src/compare': question,
  'src/check': question,
  'src/tune': question,
  'src/calibrate': question,
  'src/cli': { uses: ['src', 'src/compare', 'src/check', 'src/tune', 'src/calibrate', 'fixtures-server', ...trunk] },
  // The public entry and what stands beside it.
  src: { uses: ['src/compare', ...trunk] },
  'fixtures-server': { uses: [] },
  scenarios: { uses: [] },
}

/** Rooms within rooms that are pure though the room is not. */
const pureFolders = ['src/tune/search', 'src/tune/report']

/**
 * What belongs to no stage: the errors' base, a collection that two stages keep, sums, what is at a place, what fields there are, what was thrown, the last words of a child process, how
 * credentials are masked, in which the session and whatever prints must not differ, and what this machine is, in which the
 * fixture server and the harness must not.
 */
const common = [
  'fixtures-server/is-loopback.ts',
  'src/bench-error.ts',
  'src/arm/stderr-tail.ts',
  'src/statistics/sum-of.ts',
  'src/words/counted.ts',
  'src/session/at.ts',
  'src/session/bag.ts',
  'src/session/defined.ts',
  'src/session/fields-of.ts',
  'src/session/mask.ts',
  'src/session/thrown.ts',
]

interface Import {
  readonly from: string
  readonly to: string
  readonly isTypeOnly: boolean
}

const files = Object.keys({ src: 0, scenarios: 0, 'fixtures-server': 0 }).flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .map((file) => join(folder, file)),
)

function stageOf(file: string): string {
  const [top, second] = file.split('/')
  if (top !== 'src' || second === undefined || second.endsWith('.ts')) return top as string
  return `src/${second}`
}

function sourceOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

function importsOf(file: string): Import[] {
  const statements = sourceOf(file).matchAll(
    /^(?:import|export)\s+(type\s+)?(?:([\w*{}\s,$]+?)\s+from\s+)?'([^']+)'|import\('([^']+)'\)/gm,
  )
  return [...statements].map(([, type, names = '', to, dynamic]) => {
    const specifier = (to ?? dynamic) as string
    const inBraces = /^\{([^}]*)\}$/.exec(names.trim())?.[1]
    const onlyTypes =
      inBraces?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false
    const path = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier
    return { from: file, to: path, isTypeOnly: type !== undefined || onlyTypes }
  })
}

const imports = files.flatMap(importsOf)
const relativeImports = imports.filter(({ to }) => files.includes(to))

describe('the plan of the house', () => {
  it('knows every folder', () => {
    expect([...new Set(files.map(stageOf))].filter((stage) => stages[stage] === undefined)).toEqual([])
  })

  it('lets a stage import only the stages that the plan allows', () => {
    const wrong = relativeImports.filter(({ from, to, isTypeOnly }) => {
      const [own, other] = [stageOf(from), stageOf(to)]
      if (own === other || common.includes(to)) return false
      const { uses, typesOf = [] } = stages[own] as Stage
      return !uses.includes(other) && !(isTypeOnly && typesOf.includes(other))
    })
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('lets the session import nothing from outside of itself', () => {
    const wrong = relativeImports.filter(
      ({ from, to }) => stageOf(from) === 'src/session' && stageOf(to) !== 'src/session',
    )
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('lets only who is asked to measure say where arms live', () => {
    const choosing = relativeImports.filter(({ to }) => to === 'src/arm/local-host.ts').map(({ from }) => from)
    expect(choosing.filter((from) => stageOf(from) !== 'src/cli')).toEqual(['src/index.ts'])
    const starting = relativeImports.filter(({ to }) => /^src\/arm\/(supervisor|join-shards|process)\.ts$/.test(to))
    expect(starting.filter(({ from }) => stageOf(from) !== 'src/arm')).toEqual([])
  })

  it('has no relative import of a file that is not there', () => {
    const dangling = imports.filter(({ to }) => /^(src|scenarios|fixtures-server)\//.test(to) && !files.includes(to))
    expect(dangling.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('has no import cycle', () => {
    expect(findCycle()).toEqual([])
  })

  it('keeps pure stages pure', () => {
    const impure = files.filter(isInPureRoom).flatMap(impuritiesOf)
    expect(impure).toEqual([])
  })

  it('lets pure stages import only pure files, whatever their stage', () => {
    const impure = relativeImports.filter(
      ({ from, to, isTypeOnly }) => isInPureRoom(from) && !isTypeOnly && impuritiesOf(to).length > 0,
    )
    expect(impure.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('lets scenarios import only sessionbench and client libraries', () => {
    const wrong = imports.filter(({ from, to }) => stageOf(from) === 'scenarios' && to.startsWith('src/'))
    expect(wrong).toEqual([])
  })

  it('has no file whose name says nothing', () => {
    expect(files.filter((file) => /(^|\/)(types|utils?|helpers?|common|misc)\.ts$/.test(file))).toEqual([])
  })

  it('has no file beyond 300 lines', () => {
    const long = files.filter((file) => sourceOf(file).split('\n').length > 301)
    expect(long).toEqual([])
  })
})

/** What processes and threads begin with: everything else can be imported, and nothing has happened then. */
const entries = [
  'fixtures-server/link/worker.ts',
  'fixtures-server/main.ts',
  'fixtures-server/workers/serving-worker.ts',
  'src/arm/process.ts',
  'src/arm/watch-parent.mjs',
  'src/arm/watch-thread.ts',
  'src/cli/main.ts',
  'src/cli/require-node.mjs',
  'src/cli/sessionbench.mjs',
]

describe('effects', () => {
  const house = openHouse()
  afterAll(() => house[Symbol.dispose]())

  it('has none at import: nothing is patched, started, subscribed to or read from the environment', () => {
    // It reads the environment where it is asked to, and a module does not.
    expect(findEffects(house, { entries, harmless: ['resolveSessionOptions'] })).toEqual([])
  })

  it('lets nobody import what a process begins with', () => {
    const wrong = relativeImports.filter(({ to, isTypeOnly }) => entries.includes(to) && !isTypeOnly)
    expect(wrong.filter(({ from }) => !entries.includes(from))).toEqual([])
  })

  it("replaces functions that are not its own by the one patch of each, and changes nothing else of other people's", () => {
    expect(findReplacements(house, { entries })).toEqual([])
    const patches = files.flatMap((file) => [
      ...sourceOf(file).matchAll(/^const \w+ = makeMethodPatch\((.*?, .*?)[,)]/gm),
    ])
    const patched = patches.map(([, method]) => method)
    expect(patched).toEqual([...new Set(patched)])
    const elsewhere = files.flatMap((file) => [...sourceOf(file).matchAll(/(?<!function )makeMethodPatch[(<]/g)])
    expect(elsewhere).toHaveLength(patches.length)
  })

  it('subscribes to channels in one place', () => {
    const own = imports.filter(({ to }) => to === 'node:diagnostics_channel').map(({ from }) => from)
    expect(own).toEqual(['src/probe/subscribe-all.ts', 'src/session/wire/channels.ts'])
  })
})

function isInPureRoom(file: string): boolean {
  return stages[stageOf(file)]?.isPure === true || pureFolders.some((folder) => file.startsWith(`${folder}/`))
}

function impuritiesOf(file: string): string[] {
  const code = sourceOf(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
  const forbidden = [
    /from 'node:/,
    /\bDate\b(?!\s*:)/,
    /Math\.random/,
    /\bconsole\./,
    /\bawait\b/,
    /\bperformance\./,
    /\bprocess\./,
  ]
  return forbidden
    .filter((pattern) => pattern.test(code))
    .map((pattern) => `${relative('.', file)} has ${pattern.source}`)
}

/** The files of one import cycle (types do not count: they are gone at run time), or none. */
function findCycle(): string[] {
  const edges = Map.groupBy(
    relativeImports.filter(({ isTypeOnly }) => !isTypeOnly),
    ({ from }) => from,
  )
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return []
    for (const { to } of edges.get(file) ?? []) {
      const cycle = visit(to, [...path, file])
      if (cycle.length > 0) return cycle
    }
    done.add(file)
    return []
  }
  for (const file of files) {
    const cycle = visit(file, [])
    if (cycle.length > 0) return cycle
  }
  return []
}
