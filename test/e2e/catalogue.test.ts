import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ArmResult, type ComparisonResult, resultsSchema } from '../../src/document/model.ts'
import { catalogue, type ExpectedArm, type ExpectedScenario, ofOtherEngines } from './catalogue.ts'
import { runCli } from './run-cli.ts'

const scenarios = new URL('../../scenarios/', import.meta.url)
const names = readdirSync(scenarios).flatMap((file) => /^(.+)\.ts$/.exec(file)?.[1] ?? [])
const sourceOf = (name: string) => readFileSync(new URL(`${name}.ts`, scenarios), 'utf8')

/** One round: two blocks of each arm, of as many iterations as the scenario's entry says. */
const shortest = ['--rounds', '1', '--warm-up', '20ms', '--budget', '300s', '--seed', '7', '--format', 'json']
const blocks = 2

describe('the catalogue', () => {
  it('has a test for every scenario', () => {
    expect([...Object.keys(catalogue), ...ofOtherEngines].sort()).toEqual(names.sort())
  })

  it.each(names)('%s can be read at one go, and says what to expect', (name) => {
    const source = sourceOf(name)
    const lines = source.trimEnd().split('\n').length
    expect(lines).toBeGreaterThanOrEqual(20)
    expect(lines).toBeLessThanOrEqual(80)
    expect(source).toMatch(/^ {2}explain:/m)
    expect(source).toMatch(/^ {2}thresholds: \[/m)
    expect(source).toMatch(/^ {2}tags: \[.*'(teaching|regression|capacity)'/m)
    const imported = [...source.matchAll(/(?:from|import\() ?'(.+?)'/g)].map(([, module]) => module)
    for (const module of imported) expect(module).toMatch(/^(sessionbench(\/session)?|node:.+|undici|got|axios|ky)$/)
  })

  it.each(Object.entries(catalogue))('%s does on the wire what it says, by both counts', async (name, expected) => {
    const { code, stdout, stderr, orphans } = await runCli(['run', name, ...shortest, ...expected.args])
    expect({ orphans, isMeasured: code === 0 || code === 1 }, stderr).toEqual({ orphans: [], isMeasured: true })
    const comparisons = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap((scenario) => scenario.comparisons)
    expect(comparisons.length).toBeGreaterThan(0)
    for (const comparison of comparisons) expectComparison(comparison, expected)
  })
})

function expectComparison(comparison: ComparisonResult, { iterations, variants }: ExpectedScenario): void {
  const { arms, ledger, thresholds, target } = comparison
  expect([...new Set(arms.map(({ variant }) => variant))].sort()).toEqual(Object.keys(variants).sort())
  const checked = arms.length * blocks
  expect(ledger).toMatchObject({ blocksChecked: checked, blocksAgreeing: checked })
  for (const arm of arms) {
    const entry = variants[arm.variant] as ExpectedScenario['variants'][string]
    expectArm(arm, typeof entry === 'function' ? entry(arm.params) : entry, {
      iterations: iterations * blocks,
      hasTls: target.protocol !== 'http',
    })
  }
  const counted = thresholds.filter(({ metric }) => /^(connections|handshakes)PerRequest$/.test(metric))
  for (const { verdict, arm, metric } of counted) expect(`${arm} ${metric} ${verdict}`).toMatch(/ held$/)
}

interface Frame {
  readonly iterations: number
  readonly hasTls: boolean
}

function expectArm(arm: ArmResult, expected: ExpectedArm, { iterations, hasTls }: Frame): void {
  const { id, succeeded, failed, wire, carriers } = arm
  expect({ id, iterations: succeeded + failed }).toEqual({ id, iterations })
  if (expected.failures !== 'by chance') expect({ id, failed }).toEqual({ id, failed: 0 })
  const times = Object.entries(expected.steps ?? {})
  const retried = times.filter(([, often]) => often === 'on a retry').map(([name]) => name)
  for (const step of (arm.steps ?? []).filter(({ name }) => retried.includes(name))) {
    // An iteration that was retried and failed nevertheless has no such step.
    expect(step.succeeded, id).toBeLessThanOrEqual(wire.requests - iterations)
    expect(step.succeeded, id).toBeGreaterThanOrEqual(wire.requests - iterations > 0 && failed === 0 ? 1 : 0)
  }
  const steps = (arm.steps ?? [])
    .filter(({ name }) => !retried.includes(name))
    .map(({ name, succeeded, failed }) => [name, succeeded, failed])
  const expectedSteps = times
    .filter(([name]) => !retried.includes(name))
    .map(([name, often]) => [name, Number(often) * iterations, 0])
  expect(steps.sort(), id).toEqual(expectedSteps.sort())
  const { requests = 1 } = expected
  if (requests === 'by chance') expect(wire.requests, id).toBeGreaterThanOrEqual(succeeded)
  else if (requests === 'retried') expect(wire.requests, id).toBeGreaterThanOrEqual(iterations)
  else expect({ id, requests: wire.requests }).toEqual({ id, requests: requests * iterations })
  if (expected.connections === 'by chance') return
  if (expected.connections === 'few') {
    expect(carriers.connections, id).toBeLessThan(iterations / 2)
    return
  }
  const connections =
    {
      'per request': wire.requests,
      'per iteration': iterations,
    }[expected.connections] ?? expected.connections
  const handshakes = hasTls ? connections : 0
  if (expected.handshakes === 'either') {
    const all = carriers.handshakesFull + carriers.handshakesResumed
    expect({ id, connections: carriers.connections, all }).toEqual({ id, connections, all: handshakes })
    return
  }
  const isResumed = expected.handshakes === 'resumed'
  expect({ id, ...carriers }).toMatchObject({
    ...{ id, connections },
    handshakesFull: isResumed ? 0 : handshakes,
    handshakesResumed: isResumed ? handshakes : 0,
  })
}
