import { expect, it } from 'vitest'
import type { Results } from '../../../src/document/model.ts'
import { renderHtml } from '../../../src/report/html/render-html.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { renderText } from '../../../src/report/text.ts'
import { plain } from '../../../src/words/paint.ts'
import { makeBlock, makeQuads } from '../judge/make-block.ts'
import { makeSketch } from './make-sketch.ts'
import { sketches } from './sketches.ts'

const withSteps = makeSketch({
  blocks: makeQuads(8, (arm, round) => ({
    latencyUs: (arm === 'a' ? 9_000 : 6_000) + round,
    requests: 100,
    steps: ['login', 'page'].map((name, index) => ({
      ...{ name, succeeded: 100, failed: 0 },
      service: makeBlock({ arm, latencyUs: 1_000 * (index + 2), requests: 100 }).service,
    })),
  })),
})

/** Every report that a person reads, without what only lays it out. */
function reportsOf(results: Results): Record<string, string> {
  return {
    text: renderText(results, { width: 200, paint: plain }),
    md: renderMarkdown(results).replaceAll(/&nbsp;/g, ' '),
    html: renderHtml(results, { script: '', style: '' }),
  }
}

it.each(['text', 'md', 'html'])('%s shows the steps and stages that its legend speaks of', (format) => {
  const steps = reportsOf(withSteps)[format] as string
  expect(steps).toMatch(/named steps of an iteration/)
  expect(steps).toMatch(/login[^\n]* 2\.00|login<\/th>[^\n]*<td>2\.00<\/td>/)
  expect(steps).toMatch(/page[^\n]* 3\.00|page<\/th>[^\n]*<td>3\.00<\/td>/)
  const stages = reportsOf(sketches.stages)[format] as string
  expect(stages).toMatch(/Indented rows with a rate are the stages/)
  expect(stages.match(/(^|\| |<th scope="row" class="part">) *200\/s for 1 s( +[\d.]|\s*\||<\/th>)/gm)).toHaveLength(2)
})

it.each(['text', 'md', 'html'])('%s shows the phases that its notes speak of', (format) => {
  const report = reportsOf(sketches.phases)[format] as string
  expect(report).toMatch(/a slow one of a, at ms/)
  expect(report).toMatch(/where the/)
  for (const row of ['p50 a', 'p50 b', 'p99 a', 'p99 b'])
    expect(report).toMatch(new RegExp(`${row}\\b[^\\n]*40\\.0|${row}\\b[^\\n]*20\\.0`))
})

it('says of one interval that it is as sure in the sentence as in the table', () => {
  const { text, html } = reportsOf(sketches.faster)
  const said = /\((\S+ %) interval 2\.00–2\.00\)/.exec(text ?? '')?.[1]
  expect(said).toBe('95 %')
  const inTable = [...(html ?? '').matchAll(/<td class="text">\S+ to \S+ \((\S+ %)\)<\/td>/g)].map(
    ([, confidence]) => confidence,
  )
  expect(inTable.length).toBeGreaterThan(3)
  expect(new Set(inTable)).toEqual(new Set([said]))
})
