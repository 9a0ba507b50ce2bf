import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { exitCodeFor, exitCodeOf, exitCodes, renderExitCodes, weigh } from '../../../src/document/exit-code.ts'
import type { Results } from '../../../src/document/model.ts'
import { concludeResults } from '../../../src/report/conclude.ts'
import { renderJunit } from '../../../src/report/junit.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketch } from '../report/make-sketch.ts'

const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000
const measured = (latencyOfB: number, rounds = 8) =>
  makeSketch({
    blocks: makeQuads(rounds, (arm, round) => ({ latencyUs: (arm === 'a' ? 10_000 : latencyOfB) * wobble(round) })),
  })

function asVersions({ scenarios, ...results }: Results): Results {
  const versions = { base: 'main@1234567', head: 'the working tree', notes: [] }
  return { ...results, scenarios: scenarios.map((scenario) => ({ ...scenario, versions })) }
}

describe('exitCodeOf', () => {
  it.each([
    ['slower', asVersions(measured(11_000)), 1],
    ['faster', asVersions(measured(9_000)), 0],
    ['the same', asVersions(measured(10_000)), 0],
    ['undecided', asVersions(measured(11_000, 4)), 0],
    ['nothing at all', asVersions(measured(10_000, 0)), 2],
    ['interrupted', { ...asVersions(measured(11_000)), partial: true }, 130],
  ])('a head that is %s', (_, results, code) => {
    expect(exitCodeOf(results)).toBe(code)
  })

  it('lets an undecided head fail where that is asked for', () => {
    expect(exitCodeOf(asVersions(measured(11_000, 4)), { inconclusive: 'fail' })).toBe(3)
    expect(exitCodeOf(asVersions(measured(11_000, 4)), { inconclusive: 'pass' })).toBe(0)
  })

  it('fails a comparison that is suspect where that is asked for, as one that is invalid', () => {
    const suspect = (results: Results): Results => ({
      ...results,
      scenarios: results.scenarios.map((scenario) => ({
        ...scenario,
        comparisons: scenario.comparisons.map((one) => ({ ...one, validity: 'suspect', reasons: ['it was late'] })),
      })),
    })
    expect(exitCodeOf(suspect(measured(10_000)))).toBe(0)
    expect(exitCodeOf(suspect(measured(10_000)), { suspect: 'warn' })).toBe(0)
    expect(exitCodeOf(suspect(measured(10_000)), { suspect: 'fail' })).toBe(2)
    expect(exitCodeOf(measured(10_000), { suspect: 'fail' })).toBe(0)
    expect(concludeResults(suspect(measured(10_000)))).toMatchObject({
      headline: 'measured, no threshold declared, but suspect',
      reasons: [expect.stringContaining('it was late')],
    })
  })

  it('does not fail variants for being slower: one of them has to be', () => {
    expect(exitCodeOf(measured(11_000), { inconclusive: 'fail' })).toBe(0)
  })
})

it('says failed in every report where the exit code does', () => {
  const slower = asVersions(measured(11_000))
  expect(concludeResults(slower)).toMatchObject({ state: 'failed', headline: 'slower than the base' })
  expect(renderJunit(slower)).toMatch(/<failure/)
  expect(renderJunit(measured(11_000))).not.toMatch(/<failure/)
  expect(concludeResults(asVersions(measured(10_000)))).toMatchObject({
    state: 'passed',
    headline: 'not slower than the base',
  })
})

describe('the ladder', () => {
  it.each([
    ['a run that was cut short, whatever it found', { interrupted: true, invalid: true, failed: true }, 130],
    ['no data is never a regression', { invalid: true, failed: true, undecided: true }, 2],
    ['a failure outweighs what stayed undecided', { failed: true, undecided: true }, 1],
    ['undecided', { undecided: true }, 3],
    ['nothing found', {}, 0],
  ])('%s', (_, findings, code) => {
    expect(exitCodeFor(weigh(findings), { inconclusive: 'fail' })).toBe(code)
  })

  it('lets only what is undecided or worse pass, where that is asked for', () => {
    expect(exitCodeFor('undecided')).toBe(0)
    expect(exitCodeFor('failed', { regression: 'pass' })).toBe(0)
    expect(exitCodeFor('invalid', { regression: 'pass', inconclusive: 'pass' })).toBe(2)
  })
})

describe('README', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')

  it('has every exit code in its table', () => {
    const rows = Object.entries(exitCodes).map(([code, meaning]) => `| ${code} | ${meaning} |`)
    expect(readme).toContain(['| exit code | meaning |', '|---|---|', ...rows].join('\n'))
  })

  it.each(['check', 'tune'] as const)('says those of %s as its help does', (command) => {
    expect(readme.replaceAll(/\s+/g, ' ')).toContain(`Exit codes: ${renderExitCodes(command)}.`)
  })
})
