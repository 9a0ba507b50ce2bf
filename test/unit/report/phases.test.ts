import { expect, it } from 'vitest'
import type { ComparisonResult } from '../../../src/document/model.ts'
import { renderPhaseNotes } from '../../../src/report/phases.ts'
import { sketches } from './sketches.ts'

it('tells the moments of a request in the order in which they came', () => {
  const comparison = structuredClone(sketches.phases.scenarios[0]?.comparisons[0]) as ComparisonResult
  const [request] = comparison.arms[0]?.phases?.exemplars.at(-1)?.kept.flatMap(({ requests }) => requests) ?? []
  // As where a connection is begun for the request before.
  Object.assign(request ?? {}, { askedUs: 977, openedUs: 947, resolvedUs: -1, connectedUs: 1_500, sentUs: 1_600 })
  expect(renderPhaseNotes(comparison).join('\n')).toContain(
    'resolved before, socket 0.947, asked 0.977, connected 1.50, sent 1.60, head 40.9',
  )
})
