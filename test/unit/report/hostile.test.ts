import { parse as parseCsv } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderCheckMarkdown } from '../../../src/check/check-markdown.ts'
import type { CheckDocument } from '../../../src/check/check-model.ts'
import type { Results } from '../../../src/document/model.ts'
import { renderBiggerIsBetter, renderSmallerIsBetter } from '../../../src/report/action-benchmark.ts'
import { renderBlocksCsv, renderCsv } from '../../../src/report/csv.ts'
import { renderHgrm } from '../../../src/report/hgrm.ts'
import { renderHlog } from '../../../src/report/hlog.ts'
import { renderHtml } from '../../../src/report/html/render-html.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { renderOpenMetrics } from '../../../src/report/open-metrics.ts'
import { checks } from './check-documents.ts'
import { documents, makeHostile, manifold } from './documents.ts'
import { hostileText } from './hostile-text.ts'
import { pageOf, skeletonOf, wordsOf } from './skeleton.ts'

const few = { numRuns: 60 }
const invisible =
  /(?![\n\r\t\u200b\u200c\u200d])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
const runs = { manifold, 'not measured': documents['not measured'], 'errors only': documents['errors only'] }
// Longer names leave room for fewer rows of a document that is cut anyway.
const checkNames = (Object.keys(checks) as (keyof typeof checks)[]).filter((name) => name !== 'many')
const corrupted = fc.tuple(fc.constantFrom(...(Object.keys(runs) as (keyof typeof runs)[])), hostileText)
const corrupt = (name: keyof typeof runs, text: string): Results => makeHostile(runs[name], text)

function corruptCheck(check: CheckDocument, text: string): CheckDocument {
  const named = new Set(['reason', 'counter', 'arm', 'scenario', 'comparison'])
  return JSON.parse(
    JSON.stringify(check, (key, value) => {
      if (named.has(key)) return `${text}${value}`
      return ['reasons', 'notes', 'versions', 'emptyPromises'].includes(key)
        ? value.map((one: string) => text + one)
        : value
    }),
  )
}

describe('Markdown of a run in which everything is hostile', () => {
  it('is the same page as without, but for its words', () => {
    fc.assert(
      fc.property(corrupted, ([name, text]) => {
        const page = pageOf(renderMarkdown(corrupt(name, text)))
        expect(skeletonOf(page)).toEqual(skeletonOf(pageOf(renderMarkdown(corrupt(name, 'x')))))
        expect(wordsOf(page)).not.toMatch(invisible)
      }),
      few,
    )
  })

  it('of a check is too', () => {
    fc.assert(
      fc.property(fc.constantFrom(...checkNames), hostileText, (name, text) => {
        const check = checks[name]
        const page = pageOf(renderCheckMarkdown(corruptCheck(check, text)))
        expect(skeletonOf(page)).toEqual(skeletonOf(pageOf(renderCheckMarkdown(corruptCheck(check, 'x')))))
        expect(wordsOf(page)).not.toMatch(invisible)
      }),
      few,
    )
  })

  it('notifies nobody, and links nothing', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const words = wordsOf(pageOf(renderMarkdown(makeHostile(documents.failed, text))))
        expect(words).not.toMatch(/@\w|#\d|\bGH-\d/i)
      }),
      few,
    )
  })
})

describe('HTML of a run in which everything is hostile', () => {
  const assets = { script: 'const a = "</script><!--"', style: 'a{}' }
  it('is the same page as without, but for its words', () => {
    fc.assert(
      fc.property(corrupted, ([name, text]) => {
        const page = renderHtml(corrupt(name, text), assets)
        expect(skeletonOf(page)).toEqual(skeletonOf(renderHtml(corrupt(name, 'x'), assets)))
        expect(wordsOf(page)).not.toMatch(invisible)
      }),
      few,
    )
  })
})

describe('CSV of a run in which everything is hostile', () => {
  it.each([renderCsv, renderBlocksCsv])('is read back as it was', (render) => {
    fc.assert(
      fc.property(corrupted, ([name, text]) => {
        const hostile = corrupt(name, text)
        const rows = parseCsv(render(hostile), { columns: true, bom: false }) as Record<string, string>[]
        const harmless = parseCsv(render(corrupt(name, 'x')), { columns: true }) as Record<string, string>[]
        expect(rows.map(Object.keys)).toEqual(harmless.map(Object.keys))
        const whole = text.toWellFormed()
        expect(rows.map(({ scenario }) => scenario)).toEqual(rows.map(() => whole))
        expect(rows.map(({ arm }) => arm)).toEqual(harmless.map(({ arm }) => whole + arm?.slice(1)))
      }),
      few,
    )
  })
})

describe('line formats of a run in which everything is hostile', () => {
  const sample =
    /^[a-z_]+\{(?:[a-z0-9_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,(?!\})|(?=\})))*\} -?(?:[\d.]+(?:e[+-]?\d+)?|NaN|[+-]?Inf)$/
  const metadata = /^# (?:TYPE [a-z_]+ [a-z]+|UNIT [a-z_]+ seconds|HELP [a-z_]+ .+|EOF)$/

  it('OpenMetrics has nothing but samples and its own metadata', () => {
    fc.assert(
      fc.property(corrupted, ([name, text]) => {
        const lines = renderOpenMetrics(corrupt(name, text)).split('\n')
        expect(lines.pop()).toBe('')
        expect(lines.filter((line) => !sample.test(line) && !metadata.test(line))).toEqual([])
        expect(lines.length).toBe(renderOpenMetrics(corrupt(name, 'x')).split('\n').length - 1)
        expect(lines.filter((line) => line === '# EOF')).toHaveLength(1)
      }),
      few,
    )
  })

  it('an HdrHistogram log has a line per block', () => {
    fc.assert(
      fc.property(corrupted, ([name, text]) => {
        const lines = renderHlog(corrupt(name, text)).split('\n')
        expect(lines.length).toBe(renderHlog(corrupt(name, 'x')).split('\n').length)
        const data = lines.filter((line) => !line.startsWith('#[') && !line.startsWith('"StartTimestamp"'))
        expect(data.filter((line) => line !== '' && !/^Tag=[a-z0-9.-]+(?:,[\w.+/=-]+){4}$/.test(line))).toEqual([])
      }),
      few,
    )
  })

  it('files of a folder have names that are none but names', () => {
    fc.assert(
      fc.property(corrupted, ([name, text]) => {
        const names = renderHgrm(corrupt(name, text)).map(({ name }) => name)
        expect(new Set(names).size).toBe(names.length)
        expect(names.filter((name) => !/^[a-z0-9][a-z0-9.-]{0,200}\.hgrm$/.test(name))).toEqual([])
      }),
      few,
    )
  })

  it.each([renderSmallerIsBetter, renderBiggerIsBetter])('points of a chart have names of one line', (render) => {
    fc.assert(
      fc.property(corrupted, ([name, text]) => {
        const points = JSON.parse(render(corrupt(name, text))) as { name: string; extra: string }[]
        expect(points.filter(({ name, extra }) => invisible.test(name + extra) || /[\n\r\t]/.test(name))).toEqual([])
      }),
      few,
    )
  })
})
