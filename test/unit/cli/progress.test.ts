import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openProgress } from '../../../src/cli/progress.ts'
import type { Terminal } from '../../../src/cli/terminal.ts'
import type { Progress } from '../../../src/run/progress.ts'

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

const comparison: Progress = {
  kind: 'comparison',
  ...{ scenario: 'stateless-vs-session', comparison: 'https, 20 ms RTT' },
  ...{ index: 0, count: 4, budgetMs: 90_000 },
}
const warmUp: Progress = {
  kind: 'warm-up',
  comparison: 'x',
  arm: 'session with a name that is rather long',
  generation: 2,
}

describe('the live status', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it.each([40, 80, 200])('fits %i columns and cuts nothing of what it says', (width) => {
    const { terminal, lines, tallest } = makeScreen(width)
    const view = openProgress(terminal)
    view.show(comparison)
    view.show(warmUp)
    vi.advanceTimersByTime(300)
    const text = lines.join(' ').replaceAll(/ +/g, ' ')
    expect(text).toMatch(/stateless-vs-session \[1\/4\] https, 20 ms RTT: .* warming up session .* of at most 90 s\)/)
    expect(tallest()).toBeLessThan(width)
    view.close()
  })

  it('leaves nothing behind, however often it was drawn', () => {
    const { terminal, lines } = makeScreen(60)
    const view = openProgress(terminal)
    view.show(comparison)
    view.show(warmUp)
    vi.advanceTimersByTime(10_000)
    view.line('said by the scenario')
    vi.advanceTimersByTime(10_000)
    view.close()
    expect(lines).toEqual(['said by the scenario', ''])
  })
})
