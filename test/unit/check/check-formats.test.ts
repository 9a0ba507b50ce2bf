import { describe, expect, it } from 'vitest'
import { checkFormats } from '../../../src/check/check-formats.ts'
import { checkSchema } from '../../../src/check/check-model.ts'
import { renderCheck } from '../../../src/check/check-text.ts'
import { listGates } from '../../../src/check/list-gates.ts'
import { plain } from '../../../src/words/paint.ts'
import { checks } from '../report/check-documents.ts'

const { md, junit, json } = checkFormats
const cases = Object.entries(checks)

describe('reports of a check', () => {
  it.each(['pass', 'regression', 'inconclusive', 'interrupted', 'missing', 'failed'] as const)(
    'are golden: %s',
    async (name) => {
      const golden = (end: string) => `../../golden/check-${name}.${end}`
      await expect(md(checks[name])).toMatchFileSnapshot(golden('md'))
      await expect(junit(checks[name])).toMatchFileSnapshot(golden('junit.xml'))
      await expect(renderCheck(checks[name], { width: 120, paint: plain })).toMatchFileSnapshot(golden('txt'))
    },
  )

  it.each(cases)('as Markdown show at most 15 lines of %s, and fold the rest', (_, check) => {
    const [visible = '', details, ...more] = md(check).split('<details>')
    expect(visible.split('\n').length).toBeLessThanOrEqual(15)
    expect(details).toMatch(/<\/details>\n$/)
    expect(more).toEqual([])
    expect(md(check).length).toBeLessThan(65_536)
    expect(md(check)).not.toMatch(/<script|@team/)
  })

  it.each(cases)('as JSON are what the schema says: %s', (_, check) => {
    expect(checkSchema.parse(JSON.parse(json(check)))).toEqual(JSON.parse(json(check)))
  })

  it('have a case per gate in JUnit, and no failure in a check that is invalid', () => {
    const count = (text: string, part: RegExp) => [...text.matchAll(part)].length
    for (const check of Object.values(checks)) {
      expect(count(junit(check), /<testcase /g)).toBe(listGates(check).length + check.emptyPromises.length + 1)
      if (check.verdict === 'invalid') expect(junit(check)).not.toMatch(/<failure/)
      expect(count(junit(check), /<error /g)).toBe(check.verdict === 'invalid' ? 1 : 0)
    }
    expect(count(junit(checks.regression), /<failure /g)).toBe(
      listGates(checks.regression).filter(({ state }) => state === 'failed').length,
    )
  })
})

describe('listGates', () => {
  it('has no gate on CPU time of another machine', () => {
    expect(listGates(checks['another machine']).map(({ kind }) => kind)).not.toContain('cpu')
    expect(listGates(checks.pass).map(({ kind }) => kind)).toContain('cpu')
  })

  it('says what was allowed and what was measured', () => {
    const failed = listGates(checks.regression).filter(({ state, arm }) => state === 'failed' && arm === 'b')
    expect(failed.map(({ kind, allowed, measured }) => ({ kind, allowed, measured }))).toMatchObject([
      { kind: 'counter', allowed: '0 connections', measured: '4 connections' },
      { kind: 'cpu', allowed: '+10 %', measured: expect.stringMatching(/^\+\d+\.\d %$/) },
    ])
  })
})
