import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderCheck } from '../../../src/check/check-text.ts'
import { makeBorder } from '../../../src/cli/border.ts'
import { renderText } from '../../../src/report/text.ts'
import { plain } from '../../../src/words/paint.ts'
import { checks } from '../report/check-documents.ts'
import { documents, makeHostile, manifold } from '../report/documents.ts'
import { hostileText } from '../report/hostile-text.ts'

/** What a terminal would obey, or nobody sees; a line's end is no harm. */
const harmful = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const ownColours = /\p{Cc}\[(?:1|2|22|31|32|33|39)m/gu

describe('the border', () => {
  const border = makeBorder()

  it.each([
    ['a\u001b[31mb', 'a\\u001b[31mb'],
    ['\u001b]8;;http://evil\u0007x', '\\u001b]8;;http://evil\\u0007x'],
    ['\u009b2J\u007f', '\\u009b2J\\u007f'],
    ['\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
    ['a\r\nb', 'a\\r\nb'],
    ['a\tb', 'a    b'],
    ['\ud800', '\ufffd'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['naïve 漢字 👩‍🚀 — ½ µs', 'naïve 漢字 👩‍🚀 — ½ µs'],
  ])('shows %j as %j', (text, shown) => {
    expect(border.let(text)).toBe(shown)
  })

  it('lets nothing through but lines, and colours of its own', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (inside, around) => {
        const text = `${around}${border.paint('red', inside)}${around}`
        const shown = border.let(text)
        expect(shown.match(ownColours)).toEqual(['\u001b[31m', '\u001b[39m'])
        expect(shown.replaceAll(ownColours, '')).not.toMatch(harmful)
        expect(border.let(around)).not.toMatch(harmful)
      }),
    )
  })

  it('knows its own colours from those of another', () => {
    const other = makeBorder()
    expect(border.let(other.paint('green', 'forged'))).not.toContain('\u001b')
    expect(border.let(border.paint('green', 'own'))).toBe('\u001b[32mown\u001b[39m')
  })

  it('leaves JSON the JSON that it was', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const document = JSON.stringify({ [text]: text }, undefined, 2)
        expect(JSON.parse(border.let(document))).toEqual(JSON.parse(document))
      }),
    )
  })

  it('lets no line of a job log be a command', () => {
    const log = makeBorder({ isWorkflowLog: true })
    fc.assert(
      fc.property(hostileText, (text) => {
        const lines = log
          .let(`${text}\n${log.paint('red', text)}`)
          .replaceAll(ownColours, '')
          .split('\n')
        expect(lines.filter((line) => /^\s*::|##\[|##vso\[/.test(line))).toEqual([])
      }),
      { numRuns: 1_000 },
    )
    expect(log.let('::error::x')).not.toBe('::error::x')
    expect(log.let('a::b #1')).toBe('a::b #1')
  })
})

describe('text of a document in which everything is hostile', () => {
  const lines = (text: string) => text.split('\n')
  const border = makeBorder()
  const invalid = makeHostile(documents['not measured'], '\u001b[31mred\nFORGED\r\u202e::error::x')

  it.each([plain, border.paint])('has no control of theirs, and as many rows as it would have without', (paint) => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const show = (theirs: string) =>
          border.let(renderText(makeHostile(manifold, theirs), { width: Number.MAX_SAFE_INTEGER, paint }))
        expect(show(text).replaceAll(paint === plain ? '' : ownColours, '')).not.toMatch(harmful)
        // A process's lines stay lines, marked; behind an x no other text of theirs begins as those do.
        const unmarked = (shown: string) => lines(shown).filter((line) => !line.trimStart().startsWith('| '))
        expect(unmarked(show(`x${text}`)).length).toBe(unmarked(show('x')).length)
      }),
      { numRuns: 50 },
    )
  })

  it('marks the lines of what a process said as belonging to it', () => {
    const shown = border.let(renderText(invalid, { width: 80, paint: plain }))
    expect(shown).toMatch(/^ {2}\| FORGED\\r\\u202e::error::x/m)
    expect(shown).not.toMatch(/^\s*FORGED/m)
  })

  it('of a check is the same', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const check = JSON.parse(
          JSON.stringify(checks.regression, (key, value) => {
            if (['reason', 'counter', 'arm', 'scenario', 'comparison'].includes(key)) return `${text}${value}`
            return ['reasons', 'notes', 'versions'].includes(key) ? [text] : value
          }),
        )
        expect(border.let(renderCheck(check, { width: 100, paint: plain }))).not.toMatch(harmful)
      }),
      { numRuns: 50 },
    )
  })
})
