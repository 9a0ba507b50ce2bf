import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openProgress } from '../../../src/cli/progress.ts'
import type { Terminal } from '../../../src/cli/terminal.ts'
import type { PlannedComparison, PlannedScenario } from '../../../src/document/planned-run.ts'
import type { RunEvent } from '../../../src/document/run-event.ts'
import { makeRunStatus } from '../../../src/report/run-status.ts'
import { makeQuads } from '../judge/make-block.ts'
import { makeSketchEvents } from '../report/make-sketch.ts'

/** A screen of `width` columns that knows no more than it is told: text, line ends, and lines taken back. */
function makeScreen(width: number) {
  const lines: string[] = ['']
  let tallest = 0
  const note = (text: string) => {
    const [first = '', ...rest] = text.split('\n')
    lines[lines.length - 1] += first
    lines.push(...rest)
    tallest = Math.max(tallest, ...lines.map((line) => line.length))
  }
  const terminal = {
    ...{ isLive: true, width, noteWidth: width, note },
    eraseNotes: (count: number) => void lines.splice(-count - 1, count + 1, ''),
  } as unknown as Terminal
  return { terminal, lines, tallest: () => tallest }
}

const [planned] = makeSketchEvents({ blocks: [] })
if (planned?.kind !== 'planned') throw new Error('a run begins with what is planned')
const [scenario] = planned.scenarios
const [first] = scenario?.comparisons ?? []
const comparisons = [1, 2, 3, 4].map((rttMs) => ({ ...(first as PlannedComparison), id: `https, ${rttMs} ms RTT` }))
const plan: RunEvent = {
  ...planned,
  scenarios: [{ ...(scenario as PlannedScenario), name: 'stateless-vs-session', comparisons }],
}
const began: RunEvent = { kind: 'began', atMs: 1, comparison: 0, budgetMs: 90_000, looks: [8], alpha: 0.05 }
const arm = 'session with a name that is rather long'
const warming: RunEvent = { kind: 'warming', atMs: 2, comparison: 0, arm, generation: 2 }

describe('the live status', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it.each([40, 80, 200])('fits %i columns and cuts nothing of what it says', (width) => {
    const { terminal, lines, tallest } = makeScreen(width)
    const view = openProgress({ terminal, signal: new AbortController().signal }, makeRunStatus())
    for (const event of [plan, began, warming]) view.show(event)
    vi.advanceTimersByTime(300)
    const text = lines.join(' ').replaceAll(/ +/g, ' ')
    expect(text).toMatch(/stateless-vs-session \[1\/4\] https, 1 ms RTT: .* warming up session .* of at most 90 s\)/)
    expect(tallest()).toBeLessThan(width)
    view.close()
  })

  it('leaves nothing behind, however often it was drawn', () => {
    const { terminal, lines } = makeScreen(60)
    const view = openProgress({ terminal, signal: new AbortController().signal }, makeRunStatus())
    for (const event of [plan, began, warming]) view.show(event)
    vi.advanceTimersByTime(10_000)
    view.line('said by the scenario')
    vi.advanceTimersByTime(10_000)
    view.close()
    expect(lines).toEqual(['said by the scenario', ''])
  })

  it('counts a round when all of its blocks are there, and shows each block at once', () => {
    const { terminal, lines } = makeScreen(200)
    const view = openProgress({ terminal, signal: new AbortController().signal }, makeRunStatus())
    for (const event of [plan, began]) view.show(event)
    const shown = makeQuads(1, () => ({ latencyUs: 2_000 })).map((block) => {
      view.show({ kind: 'block', atMs: 3, comparison: 0, block })
      vi.advanceTimersByTime(300)
      return lines.join(' ')
    })
    expect(shown[0]).toMatch(/measuring: the first round .* p50 2.00 ms/)
    expect(shown.at(-1)).toMatch(/measuring: 1 round /)
    view.close()
  })

  it('says once that the user has interrupted, and nothing when it is closed', () => {
    const { terminal, lines } = makeScreen(200)
    const interrupt = new AbortController()
    using view = openProgress({ terminal, signal: interrupt.signal }, makeRunStatus())
    interrupt.abort()
    expect(lines).toEqual([expect.stringMatching(/^interrupted: .* \(again to quit at once\)$/), ''])
    view.close()
    const later = new AbortController()
    openProgress({ terminal, signal: later.signal }, makeRunStatus()).close()
    later.abort()
    expect(lines).toHaveLength(2)
  })
})
