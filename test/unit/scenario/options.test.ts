import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterAll, describe, expect, it } from 'vitest'
import { makeCertificates } from '../../../fixtures-server/certificates.ts'
import { addFlags } from '../../../src/cli/option-flags.ts'
import { findClashes } from '../../../src/scenario/find-clashes.ts'
import {
  definitionOf,
  describeOption,
  flagOf,
  type OptionName,
  optionNames,
  options,
} from '../../../src/scenario/options.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'

const folder = mkdtempSync(join(tmpdir(), 'sessionbench-options-'))
afterAll(() => rmSync(folder, { recursive: true }))
const { ca } = await makeCertificates()
const texts: Readonly<Record<string, string>> = { ca }

/** A file for an option whose flag names one. */
function fileFor(name: string): string {
  writeFileSync(join(folder, name), texts[name] ?? '')
  return join(folder, name)
}

/** What a command makes of flags. */
function parseFlags(...args: string[]): Record<string, unknown> {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  return addFlags(command, optionNames).parse(args, { from: 'user' }).opts()
}

describe.each(optionNames)('%s', (name) => {
  const definition = definitionOf(name)
  const { flag, example, schema, field, refusedBy, conflicts = [], needs } = definition
  const args = example === '' ? [flagOf(name)] : [flagOf(name), definition.isFile ? fileFor(name) : example]

  it('is handed on by its own name, and its example is what it accepts', () => {
    const given = parseFlags(...args)
    expect(Object.keys(given)).toEqual([name])
    expect(schema.safeParse(given[name])).toMatchObject({ success: true })
  })

  it('has a placeholder unless it is a switch, and a default that it accepts', () => {
    expect(flag).toMatch(example === '' ? /^--[a-z-]+$/ : /^--[a-z-]+ <[a-z-]+>$/)
    if ('default' in definition) expect(schema.safeParse(definition.default)).toMatchObject({ success: true })
    expect(describeOption(definition)).not.toMatch(/[{}]|undefined/)
  })

  it('takes its bounds and nothing beyond, as a flag and as a value', () => {
    const { least, most } = definition as { least?: number; most?: number }
    if (least === undefined || most === undefined) return
    for (const value of [least, most]) {
      expect(parseFlags(flagOf(name), `${value}`)).toEqual({ [name]: value })
      expect(schema.safeParse(value)).toMatchObject({ success: true })
    }
    for (const value of [least - 1, most + 1]) {
      expect(() => parseFlags(flagOf(name), `${value}`)).toThrow(/expected a (whole )?number from/)
      expect(schema.safeParse(value)).toMatchObject({ success: false })
    }
  })

  it('names only options', () => {
    const named = [...conflicts.flatMap(({ with: others }) => others), ...(needs === undefined ? [] : [needs.other])]
    expect(named.filter((other) => !optionNames.includes(other as OptionName))).toEqual([])
  })

  it('is refused by the engines of scenarios that have no use for it', () => {
    if (field === undefined) return
    const value = parseFlags(...args)[name]
    for (const engine of ['raw', 'autocannon', 'micro'] as const) {
      if (refusedBy?.[engine] === undefined) continue
      expect(problemsOf({ engine, ...fieldOf(field, value) })).not.toEqual([])
    }
  })

  it('is a field of scenarios where it says so', () => {
    if (field === undefined) return
    expect(problemsOf(fieldOf(field, parseFlags(...args)[name]))).toEqual([])
    expect(problemsOf(fieldOf(field, { nonsense: true }))).toEqual([expect.stringMatching(`^${field}`)])
  })
})

/** A scenario with one field, and what has to stand beside it. */
function fieldOf(field: string, value: unknown): object {
  const [first = '', second] = field.split('.')
  if (second === undefined) return { [first]: value }
  if (first === 'target') return { target: { [second]: value } }
  const isOpen = ['arrivalRate', 'stages', 'arrivals', 'maxInFlight'].includes(second)
  const isLoad = second === 'arrivalRate' || second === 'stages'
  const beside = isOpen ? { model: 'open', ...(!isLoad && { arrivalRate: 5 }) } : { model: 'closed' }
  return { workload: { ...beside, [second]: value } }
}

function problemsOf(fields: object): string[] {
  const variants = { a: () => () => {} }
  const result = validateScenario({ question: '?', variants, ...fields })
  return 'problems' in result ? result.problems.map(({ path }) => path) : []
}

describe('what does not go together', () => {
  const clashesOf = (given: object) => findClashes(given, flagOf).map(({ message }) => message)

  it.each([
    [{ arrivalRate: 5, concurrency: 5 }, '--rate makes an open loop and --concurrency a closed one; give one of them'],
    [{ arrivalRate: 5, thinkTimeMs: 5 }, '--rate makes an open loop and --think-time a closed one; give one of them'],
    [{ stages: [], arrivalRate: 5 }, '--stage and --rate both say how iterations are started; give one of them'],
    [
      { protocols: ['h2'], externalOrigin: 'http://127.0.0.1' },
      '--protocol is for the bundled fixture server; leave it out with --target',
    ],
    [{ targetName: 'shop' }, 'expected --target beside --target-name: the bundled server needs no name'],
  ])('%j', (given, message) => {
    expect(clashesOf(given)).toEqual([message])
  })

  it("someone else's server, unless it is allowed by name", () => {
    expect(clashesOf({ externalOrigin: 'https://example.org/base' })).toEqual([
      "--target https://example.org is someone's server, not this machine; add --allow-target example.org if it is yours to load",
    ])
    expect(clashesOf({ externalOrigin: 'http://127.0.0.1.example.org' })).toHaveLength(1)
    for (const [externalOrigin, host] of [
      ['https://example.org', 'EXAMPLE.org.'],
      ['https://[2001:db8::1]', '2001:DB8::1'],
    ] as const) {
      expect(clashesOf({ externalOrigin, allowedHosts: [host] })).toEqual([])
    }
  })
})

it('a flag that says no takes the place of one that says yes', () => {
  expect(parseFlags('--phases', '--no-phases')).toEqual({ phases: false })
})

it('a flag that is repeated adds to what it has said', () => {
  expect(parseFlags('--allow-target', 'a', '--allow-target', 'b')).toEqual({ allowedHosts: ['a', 'b'] })
  expect(parseFlags('--stage', '1s:5', '--stage', '1s:->9')).toEqual({
    stages: [
      { durationMs: 1_000, arrivalRate: 5 },
      { durationMs: 1_000, rampTo: 9 },
    ],
  })
})

it('no two options share a flag', () => {
  const flags = optionNames.flatMap((name) => [flagOf(name), ...(definitionOf(name).off?.[0] ?? [])])
  expect(new Set(flags).size).toBe(new Set([...flags]).size)
  expect(Object.keys(options)).toEqual(optionNames)
})
