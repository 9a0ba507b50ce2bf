import { describe, expect, it } from 'vitest'
import { renderCheckMarkdown } from '../../../src/check/check-markdown.ts'
import type { Results } from '../../../src/document/model.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { escapeMarkdown } from '../../../src/words/escape-markdown.ts'
import { checks } from './check-documents.ts'
import { documents, empty, hostile, hostileArm, makeHostile, manifold } from './documents.ts'
import { makeSketch } from './make-sketch.ts'

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

  it('points to what was measured before an interruption only where there is something', () => {
    const atOnce = makeSketch({ blocks: [], end: { state: 'interrupted' }, partial: true })
    expect(renderMarkdown(atOnce)).toMatch(
      /^### sessionbench: interrupted\n\n- Nothing had been measured until then\.$/m,
    )
    expect(renderMarkdown(documents.interrupted)).toMatch(/^- What was measured until then is below\.$/m)
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
    expect(new Set(rows.map((row) => row.split('|').length))).toEqual(new Set([5, 15, 16]))
  })
})

describe('a comment holds no more than GitHub takes', () => {
  const long = 'a word and another, '
  const [scenario] = documents.failed.scenarios
  const [comparison] = scenario?.comparisons ?? []
  /** One comparison of very many arms: no section of it fits as a whole. */
  const wide = (arms: number): Results => ({
    ...documents.failed,
    scenarios: documents.failed.scenarios.map((one) => ({
      ...one,
      comparisons: one.comparisons.map((each) => ({
        ...each,
        arms: Array.from(
          { length: arms },
          (_, index) => ({ ...each.arms[0], id: `arm-${index}` }) as (typeof each.arms)[0],
        ),
      })),
    })),
  })
  const outcry: Results = {
    ...documents.failed,
    scenarios: documents.failed.scenarios.map((one) => ({
      ...one,
      comparisons: one.comparisons.map((each) => ({
        ...each,
        validity: 'invalid' as const,
        reasons: Array.from({ length: 500 }, (_, index) => `${index}: ${'|'.repeat(5_000)}`),
      })),
    })),
  }

  it.each<[string, Results]>([
    ['names of 100,000 characters', makeHostile(manifold, long.repeat(5_000))],
    ['names of nothing but marks', makeHostile(manifold, '@a|#1<\u0000'.repeat(20_000))],
    ['many scenarios of hostile names', makeHostile(many, hostileArm)],
    ['2,000 arms in one comparison', wide(2_000)],
    ['500 reasons of 5,000 marks', outcry],
  ])('%s', (_, results) => {
    const text = renderMarkdown(results)
    // Its characters as GitHub counts them, however it does: code points, UTF-16 units; and four bytes for each.
    expect(text.length).toBeLessThan(65_400)
    expect(Buffer.byteLength(text)).toBeLessThan(4 * 65_536)
    expect(text).toMatch(/left out: a comment holds no more\. The JSON has everything\.\n\n<\/details>\n$/)
    expect(text.match(/<pre>/g)?.length).toBe(text.match(/<\/pre>/g)?.length)
    const [visible = ''] = text.split('<details>')
    expect(visible.split('\n').length).toBeLessThanOrEqual(15)
  })

  it('says how many rows it has not', () => {
    expect(comparison).toBeDefined()
    for (const arms of [900, 1_500, 5_000]) {
      const text = renderMarkdown(wide(arms))
      const shown = text.match(/^\| arm-\d+ \|/gm)?.length ?? 0
      const said = Number(/^([\d,]+) rows left out/m.exec(text)?.[1]?.replaceAll(',', ''))
      const notes = renderMarkdown(wide(1)).match(/^- /gm)?.length ?? 0
      expect(shown).toBeGreaterThan(300)
      // The notes under the table are rows too, and those of the reasons above it are not.
      expect(said).toBe(arms - shown + notes - (text.split('<details>')[0]?.match(/^- /gm)?.length ?? 0))
    }
  })

  it('cuts nothing that fits', () => {
    expect(renderMarkdown(wide(100))).not.toContain('left out')
    expect(renderMarkdown(wide(100)).match(/^\| arm-\d+ \|/gm)).toHaveLength(100)
  })

  it('of a check is bounded too', () => {
    const [change] = checks.regression.changes
    const changes = Array.from({ length: 2_000 }, (_, index) => ({ ...change, arm: `arm ${index} ${'|'.repeat(500)}` }))
    for (const check of [
      { ...checks.regression, changes },
      { ...checks.regression, notes: Array(3_000).fill('a note | '.repeat(200)) },
      { ...checks['part of a run'], reasons: Array(3_000).fill('@a|#1'.repeat(2_000)) },
    ]) {
      const text = renderCheckMarkdown(check as typeof checks.regression)
      expect(text.length).toBeLessThan(65_400)
      expect(text).toMatch(/left out: a comment holds no more\. The JSON has everything\.\n\n<\/details>\n$/)
    }
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
  ['https://host www.host', 'https:&#8203;//host www&#8203;.host'],
  ['+4.2 % (95 % interval 3.0–3.2), 1 # 2', '\\+4.2 % (95 % interval 3.0–3.2), 1 # 2'],
])('escapeMarkdown(%j)', (text, escaped) => {
  expect(escapeMarkdown(text)).toBe(escaped)
})
