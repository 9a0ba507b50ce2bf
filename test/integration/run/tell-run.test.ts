import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { makeLocalHost } from '../../../src/arm/local-host.ts'
import { fold } from '../../../src/document/fold.ts'
import { renderJson } from '../../../src/document/json.ts'
import { resultsSchema } from '../../../src/document/model.ts'
import type { RunEvent } from '../../../src/document/run-event.ts'
import { run } from '../../../src/index.ts'
import { tellRun } from '../../../src/run/run.ts'
import { throughText } from '../../unit/document/through-text.ts'
import { collect } from '../../unit/run/collect.ts'

const scenario = fileURLToPath(new URL('../../e2e/scenarios/raw-agents.ts', import.meta.url))
const host = makeLocalHost()
const quick = { warmUpMs: 50, blockMs: 10, maxRounds: 3, budgetMs: 60_000, seed: 7 } as const

const ofKind = <Kind extends RunEvent['kind']>(events: readonly RunEvent[], kind: Kind) =>
  events.filter((event): event is Extract<RunEvent, { kind: Kind }> => event.kind === kind)

/** Processes that this one has started and that are still there. */
function findChildren(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')
        return Number(fields[1]) === process.pid && fields[0] !== 'Z'
      } catch {
        return false
      }
    })
    .map(Number)
}

describe('what a run tells', () => {
  it('comes to its document, also when it was written and read, to the byte', async () => {
    const events = await collect(tellRun([scenario], { ...quick, host }))
    const document = renderJson(fold(events))
    expect(renderJson(fold(throughText(events)))).toBe(document)
    expect(resultsSchema.parse(JSON.parse(document))).toMatchObject({ partial: false, seed: 7 })

    expect(events.slice(0, 2).map(({ kind }) => kind)).toEqual(['planned', 'began'])
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['ended', 'run-ended'])
    expect(ofKind(events, 'warmed').map(({ arm }) => arm)).toEqual(ofKind(events, 'warming').map(({ arm }) => arm))
    expect(ofKind(events, 'warmed')).toHaveLength(2)
    expect(ofKind(events, 'block').map(({ block }) => block.position)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    expect(ofKind(events, 'ended')[0]).toMatchObject({ why: 'enough', end: { state: 'bound reached' } })
    expect(events.every(({ atMs }, index) => atMs >= (events[index - 1]?.atMs ?? 0))).toBe(true)
  })

  it('has generations of processes, each warmed up, as many as there was said to be time for', async () => {
    const events = await collect(tellRun([scenario], { ...quick, host, isolation: 'process', generations: 2 }))
    expect(ofKind(events, 'scheduled')).toMatchObject([{ generations: 2, roundsPerGeneration: 3, looks: [2] }])
    expect(ofKind(events, 'warmed').map(({ generation }) => generation)).toEqual([0, 0, 1, 1])
    const [comparison] = fold(events).scenarios.flatMap(({ comparisons }) => comparisons)
    expect(comparison?.judging).toMatchObject({ looks: [2], moment: 'look' })
    expect(comparison?.warmUps).toHaveLength(4)
  })

  it('says when it is judged, also where that is settled only once its arms are warm', async () => {
    const { maxRounds: _, budgetMs: __, ...rest } = quick
    const events = await collect(tellRun([scenario], { ...rest, durationMs: 200, host }))
    const rounds = ofKind(events, 'block').length / 4
    expect(ofKind(events, 'scheduled')).toMatchObject([
      { generations: 1, roundsPerGeneration: rounds, looks: [rounds] },
    ])
    const [comparison] = fold(events).scenarios.flatMap(({ comparisons }) => comparisons)
    expect(comparison?.judging.looks).toEqual([rounds])
  })

  it('ends with what was measured when it is interrupted', async () => {
    const interrupt = new AbortController()
    const events: RunEvent[] = []
    for await (const event of tellRun([scenario], { ...quick, host, signal: interrupt.signal })) {
      events.push(event)
      if (event.kind === 'block') interrupt.abort()
    }
    expect(ofKind(events, 'block')).toHaveLength(1)
    expect(events.slice(-2)).toMatchObject([
      { kind: 'ended', why: 'interrupted' },
      { kind: 'run-ended', why: 'interrupted' },
    ])
    expect(fold(events).partial).toBe(true)
  })

  it.each(['planned', 'warming', 'block'] as const)(
    'leaves no process behind when nobody listens any more: %s',
    async (kind) => {
      const before = findChildren()
      for await (const event of tellRun([scenario], { ...quick, host })) if (event.kind === kind) break
      expect(findChildren()).toEqual(before)
    },
  )

  it('is what a promise of results is made of, and heard beside it', async () => {
    const events: RunEvent[] = []
    const results = await run([scenario], { ...quick, onEvent: (event) => void events.push(event) })
    expect(renderJson(results)).toBe(renderJson(fold(events)))
  })
})
