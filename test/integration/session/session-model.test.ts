import { describe, expect, it } from 'vitest'
import { FOUND } from './model/found.ts'
import { runModel, runScenario } from './model/run-model.ts'

// Whatever the peer does and whenever a call is aborted: every call comes to its end, no more connections are opened than
// there are requests, nothing is open at the end, and the event loop turns. `npm run prove:session-model` goes further.

describe('the session and a peer that does anything', () => {
  it.each(FOUND)('as once found: $what', ({ scenario }) => runScenario(scenario))

  it('make progress for 10,000 steps', async () => {
    expect(await runModel({ least: 10_000, seed: 26, shrinkForMs: 60_000 })).toBeGreaterThanOrEqual(10_000)
  })
})
