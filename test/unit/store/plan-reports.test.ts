import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/bench-error.ts'
import { planReports, readReports } from '../../../src/store/plan-reports.ts'

describe('readReports', () => {
  it.each([
    ['md=a.md', [['md', 'a.md']]],
    [
      'md=a.md,junit=b.xml',
      [
        ['md', 'a.md'],
        ['junit', 'b.xml'],
      ],
    ],
    [
      'md=with, comma.md,csv-blocks=b.csv',
      [
        ['md', 'with, comma.md'],
        ['csv-blocks', 'b.csv'],
      ],
    ],
    ['md=-', [['md', '-']]],
    ['md=a=b.md', [['md', 'a=b.md']]],
  ])('%s', (text, expected) => {
    expect(readReports(text).map(({ format, path }) => [format, path])).toEqual(expected)
  })

  it.each([
    ['md', /expected format=path, such as .* got 'md'/],
    ['md=', /expected format=path/],
    ['', /expected format=path/],
    ['yaml=a', /no report format 'yaml'; expected one of md, html, junit/],
    ['md=a,toString=b', /no report format 'toString'/],
  ])('refuses %j', (text, message) => {
    expect(() => readReports(text)).toThrow(UsageError)
    expect(() => readReports(text)).toThrow(message)
  })
})

describe('planReports', () => {
  it('prints the table unless a report or a format is for stdout', () => {
    expect(planReports({}).printed).toBe('table')
    expect(planReports({ format: 'json' }).printed).toBe('json')
    const plan = planReports({ reports: readReports('csv=-,md=a.md') })
    expect(plan).toEqual({ printed: 'csv', written: [{ format: 'md', path: 'a.md', isAppended: false }] })
  })

  it.each([
    ['md=-,csv=-', {}, /md=- and csv=- both ask for stdout/],
    ['md=-', { format: 'json' }, /md=- and --format json both/],
    ['hgrm=-', {}, /expected a folder, got '-'/],
  ] as const)('refuses %s with %j', (text, options, message) => {
    expect(() => planReports({ reports: readReports(text), ...options })).toThrow(message)
  })

  it("adds Markdown to a job's summary, and nothing else to anything else", () => {
    const { written } = planReports({ reports: readReports('md=/s,md=/t,csv=/s') }, { stepSummary: '/s' })
    expect(written.map(({ isAppended }) => isAppended)).toEqual([true, false, false])
  })
})
