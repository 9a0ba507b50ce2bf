import { describe, expect, it } from 'vitest'
import { escapeMarkdown } from '../../../src/report/escape-markdown.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import type { Results } from '../../../src/report/model.ts'
import { documents, empty, hostile, manifold } from './documents.ts'

const many: Results = {
  ...manifold,
  scenarios: Array.from({ length: 120 }, () => manifold.scenarios).flat(),
}

describe('renderMarkdown', () => {
  it.each(Object.entries({ ...documents, empty, hostile, manifold, many }))(
    'shows at most 15 lines of a run that is %s, and folds the rest',
    (_, results) => {
      const [visible = '', details] = renderMarkdown(results).split('<details>')
      expect(visible.split('\n').length).toBeLessThanOrEqual(15)
      expect(details).toMatch(/<\/details>\n$/)
      expect(renderMarkdown(results).length).toBeLessThan(65_536)
    },
  )

  it.each([
    ['held', '1 threshold held'],
    ['failed', '1 threshold failed'],
    ['undecided', '1 threshold undecided'],
    ['no threshold', 'measured, no threshold declared'],
    ['invalid', 'INVALID'],
    ['not measured', 'INVALID'],
    ['interrupted', 'interrupted'],
  ] as const)('%s begins with the conclusion', (name, headline) => {
    expect(renderMarkdown(documents[name]).split('\n')[0]).toBe(`### sessionbench: ${headline}`)
  })

  it('says that no data is no pass', () => {
    expect(renderMarkdown(empty)).toMatch(/nothing was measured\n\n- No data is never a pass/)
  })

  it('puts the least welcome comparison first', () => {
    const rows = renderMarkdown(manifold)
      .split('\n')
      .filter((line) => line.startsWith('| **'))
    expect(rows.map((row) => /\*\*(.*?)\*\*/.exec(row)?.[1])).toEqual(['INVALID', 'inconclusive', 'faster'])
  })

  it('keeps hostile names in their cells', () => {
    const text = renderMarkdown(hostile)
    expect(text).not.toMatch(/<script|@team|#1\b|(?<!\\)\]\(|http:\/\//)
    expect(text.match(/<\/details>/g)).toHaveLength(1)
    const rows = text.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|--'))
    expect(new Set(rows.map((row) => row.split('|').length))).toEqual(new Set([5, 13]))
  })
})

it.each([
  ['a|b', 'a&#124;b'],
  ['<b>&amp;', '&#60;b&#62;&#38;amp;'],
  ['*a* _b_ `c` [d] ~e~ \\', '\\*a\\* \\_b\\_ \\`c\\` \\[d\\] \\~e\\~ \\\\'],
  ['@me #12', '@&#8203;me #&#8203;12'],
  ['two\r\nlines', 'two lines'],
  ['# heading', '\\# heading'],
  ['    code', 'code'],
  ['1. one', '1\\. one'],
  ['- point', '\\- point'],
  ['https://host www.host', 'https:&#8203;//host www.&#8203;host'],
  ['+4.2 % (95 % interval 3.0–3.2), 1 # 2', '\\+4.2 % (95 % interval 3.0–3.2), 1 # 2'],
])('escapeMarkdown(%j)', (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped)
})
