import { describe, expect, it } from 'vitest'
import { exitCodeOf } from '../../../src/document/exit-code.ts'
import { renderJson } from '../../../src/document/json.ts'
import { type ComparisonResult, resultsSchema } from '../../../src/document/model.ts'
import { renderTable } from '../../../src/report/table.ts'
import { renderText } from '../../../src/report/text.ts'
import { plain } from '../../../src/words/paint.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketch } from './make-sketch.ts'
import { sketches } from './sketches.ts'

describe.each(Object.entries(sketches))('the report of a run that is %s', (name, results) => {
  it.each([80, 120])('fits %i columns', async (width) => {
    const text = renderText(results, { width, paint: plain })
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
    await expect(text).toMatchFileSnapshot(`../../golden/report-${name}-${width}.txt`)
  })

  it('comes back from JSON as the schema says', () => {
    const read = resultsSchema.parse(JSON.parse(renderJson(results)))
    expect(renderText(read, { width: 100, paint: plain })).toBe(renderText(results, { width: 100, paint: plain }))
  })
})

describe('the table', () => {
  it('breaks long names of arms where they would not fit', () => {
    const long = 'session connections=64 pipelining=8 name=a-rather-long-value'
    const [comparison] = sketches.faster.scenarios.flatMap(({ comparisons }) => comparisons) as [ComparisonResult]
    const renamed = { ...comparison, arms: comparison.arms.map((arm) => ({ ...arm, id: `${long} ${arm.id}` })) }
    const table = renderTable(renamed, 80, plain)
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(table).toContain('connections=64')
  })
})

describe('how a comparison ended', () => {
  it.each([
    ['failed', 'FAILED'],
    ['too short', 'TOO SHORT'],
    ['stopped', 'INVALID'],
  ] as const)('is said first (%s), also in several lines', (state, label) => {
    const message = 'Error: no\n    at\tline 1\n    at line 2'
    const text = renderText(makeSketch({ blocks: [], end: { state, message } }), { width: 120, paint: plain })
    expect(text).toMatch(new RegExp(`^${label}: Error: no\\n`, 'm'))
  })

  it('is told from what else is wrong', () => {
    const disagreements = [{ count: 'requests', client: 2, server: 1 }] as const
    const blocks = makeQuads(8, () => ({ latencyUs: 10_000, disagreements: [...disagreements] }))
    const end = { state: 'failed', message: 'the arm\nended' } as const
    const text = renderText(makeSketch({ blocks, end }), { width: 120, paint: plain })
    expect(text.match(/^(INVALID|FAILED): \w+ \w+/gm)).toEqual(['INVALID: client and', 'FAILED: the arm'])
  })
})

const wobble = (round: number) => 1 + ((round * 7) % 5) / 1_000 + round / 10_000

describe("Little's law", () => {
  const blocksWith = (share: number) =>
    makeQuads(8, (_, round) => ({ latencyUs: 10_000 * wobble(round), inFlightMs: 10_000 * wobble(round) * share }))
  const reasonsOf = (share: number) =>
    makeSketch({ blocks: blocksWith(share) }).scenarios.flatMap(({ comparisons }) =>
      comparisons.flatMap((c) => c.reasons),
    )

  it('is held by latencies that add up to what was under way, and makes others suspect', () => {
    expect(reasonsOf(1.01)).toEqual([])
    expect(reasonsOf(1.1)[0]).toContain("a's latencies do not add up to what was under way: 9.1 % apart")
  })
})

describe('exitCodeOf', () => {
  it.each([
    ['faster', 1], // its second threshold fails
    ['phases', 0],
    ['same', 0],
    ['slower', 0], // a finding; only thresholds make it a regression
    ['inconclusive', 0],
    ['look', 0],
    ['invalid', 2],
    ['failed', 2],
    ['interrupted', 130],
    ['errors', 2],
    ['undecided', 0],
    ['open-loop', 0],
    ['stages', 0],
    ['sweep', 1], // its last arm fails more than its threshold allows
  ] as const)('%s: %i', (name, code) => {
    expect(exitCodeOf(sketches[name])).toBe(code)
  })

  it('fails on an undecided threshold when asked to', () => {
    expect(exitCodeOf(sketches.undecided, { inconclusive: 'fail' })).toBe(3)
    expect(exitCodeOf(sketches.same, { inconclusive: 'fail' })).toBe(0)
  })

  it('takes no data for invalid, never for a pass', () => {
    expect(exitCodeOf({ ...sketches.same, scenarios: [] })).toBe(2)
  })
})
