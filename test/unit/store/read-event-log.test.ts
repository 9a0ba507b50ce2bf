import { describe, expect, it } from 'vitest'
import { fold } from '../../../src/document/fold.ts'
import { renderJson } from '../../../src/document/json.ts'
import { type RunEvent, runEventSchema } from '../../../src/document/run-event.ts'
import { readEvents, sayMissing, splitEventLog } from '../../../src/store/read-event-log.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketchEvents } from '../report/make-sketch.ts'

const events = makeSketchEvents({ blocks: makeQuads(2, () => ({ latencyUs: 2_000, requests: 20 })) })
const render = (told: readonly object[]) => told.map((event) => `${JSON.stringify(event)}\n`).join('')
const whole = render(events)

function read(text: string) {
  const log = splitEventLog(text, 'a.ndjson')
  if (log === undefined) throw new Error('it is no log')
  const told = readEvents(log, runEventSchema)
  return { told, missing: sayMissing(log, told) }
}

describe('a log of events', () => {
  it('is read as it was written', () => {
    const { told, missing } = read(whole)
    expect(missing).toEqual([])
    expect(renderJson(fold(told))).toBe(renderJson(fold(events)))
  })

  it('is read as far as it goes, wherever it was cut, and says so', () => {
    const header = whole.indexOf('\n') + 1
    const ends = [...whole.matchAll(/\n/g)].map(({ index }) => index + 1)
    const anywhere = Array.from({ length: 60 }, (_, index) =>
      Math.floor(header + (index * (whole.length - header)) / 60),
    )
    // Within a line, right behind one, and where only its end is missing.
    for (const length of [...anywhere, ...ends, ...ends.slice(1).map((end) => end - 1)]) {
      const { told, missing } = read(whole.slice(0, length))
      const complete = ends.filter((end) => end <= length || end === length + 1).length
      expect(told).toHaveLength(complete)
      const isCut = length !== header && !ends.includes(length) && !ends.includes(length + 1)
      expect(
        missing.some((text) => text === `a.ndjson ends in the middle of line ${complete + 1}, which is left out`),
      ).toBe(isCut)
      const isWhole = complete === events.length
      expect(missing.some((text) => /killed, or is still under way/.test(text))).toBe(!isWhole)
      expect(fold(told).partial).toBe(!isWhole)
    }
  })

  it('says how much of it there is, and what broke it off', () => {
    expect(read(render(events.slice(0, 5))).missing).toEqual([
      'a.ndjson is not the whole of what was to be measured (it was killed, or is still under way): 3 blocks are known; of 1 comparison that began, 0 came to an end',
    ])
    const bug: RunEvent = { kind: 'failure', atMs: 3, code: 'BUG', message: 'x is undefined' }
    expect(read(render([...events.slice(0, 1), bug])).missing).toEqual([
      'a.ndjson is not the whole of what was to be measured (it broke off: x is undefined): 0 blocks are known',
    ])
  })

  it('is told from everything else', () => {
    for (const text of ['', '{', '{}', '[]\n', 'x', '{"kind":"sessionbench.results"}'])
      expect(splitEventLog(text, 'a')).toBeUndefined()
  })

  const [planned, began, block, ...rest] = events as [RunEvent, RunEvent, Extract<RunEvent, { kind: 'block' }>]
  const other = (part: object): RunEvent => ({ ...block, block: { ...block.block, ...part } })
  it.each<[string, readonly object[], RegExp]>([
    ['a line that is none', [planned, ['x'], began], /line 2: expected JSON/],
    ['another version', [{ ...planned, schemaVersion: 7 }], /has schemaVersion 7, this sessionbench reads events of 1/],
    [
      'an event that nobody knows',
      [planned, { kind: 'guess', atMs: 1 }],
      /a\.ndjson, line 2, is not what the events schema/,
    ],
    [
      'a histogram that is none',
      [planned, began, other({ service: 'x' })],
      /line 3: block\.service: expected an HdrHist/,
    ],
    ['a second plan', [planned, planned], /line 2: expected one plan/],
    ['a comparison that was not planned', [planned, { ...began, comparison: 3 }], /one that was planned, got 3/],
    ['a block before its comparison', [planned, block], /line 2: block: the comparison has not begun/],
    ['a comparison that begins twice', [planned, began, began], /line 3: began: .* begun already/],
    ['an arm that is not there', [planned, began, other({ arm: 'c' })], /line 3: arm: there is no 'c'/],
    ['two blocks in one place', [planned, began, block, block], /line 4: block: expected one in each place/],
    ['a place that no round has', [planned, began, other({ position: 4 })], /a round has 4 blocks, got 4/],
    ['two units', [planned, began, block, other({ position: 1, arm: 'b', histogramUnit: 'ps' })], /line 4: block/],
    ['a time that runs back', [planned, { ...began, atMs: 9 }, block], /line 3: atMs: expected no earlier/],
    ['more after the end', [...events, { kind: 'note', atMs: 99_999, scenario: 0, text: '' }], /nothing after the end/],
    [
      'a note on nothing',
      [planned, { kind: 'note', atMs: 1, scenario: 5, text: '' }],
      /one of the 1 that were planned/,
    ],
    ['a baseline that is none', [withBaseline(planned, 'z'), ...rest], /line 1: .*there is no 'z' to compare with/],
  ])('is bad input with %s', (_, told, message) => {
    expect(() => read(render(told))).toThrow(message)
  })
})

function withBaseline(event: RunEvent, baselineArm: string): RunEvent {
  if (event.kind !== 'planned') return event
  const scenarios = event.scenarios.map((scenario) => ({
    ...scenario,
    comparisons: scenario.comparisons.map((comparison) => ({ ...comparison, baselineArm })),
  }))
  return { ...event, scenarios }
}
