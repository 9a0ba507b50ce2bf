import { describe, expect, it } from 'vitest'
import { sayLimit } from '../../../../src/tune/report/say-limit.ts'
import type { LimitEvidence } from '../../../../src/tune/search/judge-limit.ts'

const words = { sizeName: 'connections', id: 'connections=8', isAtRate: false }
const no = { gain: 0.002, low: -0.01, high: 0.014 }
const more = { gain: 0.95, low: 0.9, high: 1 }
const wide = { gain: 0.02, low: -0.1, high: 0.15 }
const quiet = { failures: [], clientBusy: 0.2, machineIdle: 0.5 }

describe('sayLimit', () => {
  it.each<[string, LimitEvidence, string]>([
    [
      'server',
      { ...quiet, larger: { size: 16, gain: no }, process: { size: 2, gain: no } },
      '16 connections and a second client process carry no more: at most 1.4 % and 1.4 %',
    ],
    [
      'pool',
      { ...quiet, larger: { size: 16, gain: more } },
      '16 connections carry 95 % more (99 % interval 90 % to 100 %)',
    ],
    [
      'objective',
      { ...quiet, larger: { size: 16, gain: more, broken: ['p99<50ms'] } },
      '16 connections carry 95 % more (99 % interval 90 % to 100 %), but not p99<50ms',
    ],
    [
      'link',
      { ...quiet, larger: { size: 16, gain: more, latencyRatio: 1.01 }, roundTripUs: 40_000, latencyUs: 41_000 },
      'a round trip takes 40.0 of the 41.0 ms of a request, and 16 connections carry 95 % more (99 % interval 90 % to 100 %) while answers take no longer',
    ],
    [
      'client',
      { ...quiet, clientBusy: 0.97, process: { size: 2, gain: more } },
      'the client was 97 % busy at connections=8, and a second client process carries 95 % more (99 % interval 90 % to 100 %)',
    ],
    [
      'limiter',
      {
        ...quiet,
        failures: [
          {
            kind: 'reset',
            count: 12_700,
            of: 40_112,
            message: 'the connection was reset',
            where: 'connections=16 and more',
          },
          { kind: 'refused', count: 79, of: 40_112, message: 'connect ECONNREFUSED', where: 'connections=16 and more' },
        ],
      },
      'at connections=16 and more 12,779 of 40,112 iterations fail: 12,700 × reset (the connection was reset), 79 × refused (connect ECONNREFUSED)',
    ],
    [
      'client',
      {
        ...quiet,
        failures: [
          { kind: 'ports-exhausted', count: 60, of: 400, message: 'connect EADDRNOTAVAIL', where: 'connections=16' },
          { kind: 'reset', count: 40, of: 400, message: 'reset', where: 'connections=16' },
        ],
      },
      'at connections=16 100 of 400 iterations fail: 60 × ports-exhausted (connect EADDRNOTAVAIL), 40 × reset (reset)',
    ],
    [
      'limiter',
      {
        ...quiet,
        failures: [
          { kind: 'ports-exhausted', count: 40, of: 400, message: 'connect EADDRNOTAVAIL', where: 'connections=16' },
          { kind: 'reset', count: 40, of: 400, message: 'reset', where: 'connections=16' },
        ],
      },
      'at connections=16 80 of 400 iterations fail: 40 × ports-exhausted (connect EADDRNOTAVAIL), 40 × reset (reset)',
    ],
    [
      'unknown',
      { ...quiet, larger: { size: 16, gain: wide } },
      'whether 16 connections would carry more is unclear (99 % interval −10 % to 15 %); it was not looked at what a second client process would carry; more --budget may tell',
    ],
    [
      'unknown',
      { ...quiet, larger: { size: 16, gain: undefined }, process: { size: 2, gain: undefined } },
      'too few rounds were tried to tell what more connections and a second client process would carry; more --budget may tell',
    ],
    [
      'unknown',
      { ...quiet, larger: { size: 16, gain: no }, process: { size: 2, gain: more } },
      'a second client process carries 95 % more (99 % interval 90 % to 100 %), though the client was only 20 % busy; more --budget may tell',
    ],
    [
      'machine',
      {
        ...quiet,
        clientBusy: 0.97,
        machineIdle: 0.02,
        process: { size: 2, gain: { gain: 0.01, low: -0.1, high: 0.12 } },
      },
      "the client was 97 % busy at connections=8, 2.0 % of the machine's time was idle, and whether a second client process would carry more is unclear (99 % interval −10 % to 12 %): client and server share the cores, and which of them is the limit cannot be told here; run them on machines of their own",
    ],
    [
      'machine',
      { ...quiet, clientBusy: 0.97, machineIdle: 0.02, process: { size: 2, gain: no } },
      "the client was 97 % busy at connections=8, 2.0 % of the machine's time was idle, and a second client process carries no more: at most 1.4 %: client and server share the cores, and which of them is the limit cannot be told here; run them on machines of their own",
    ],
    [
      'unknown',
      { ...quiet, clientBusy: 0.97, machineIdle: undefined, process: { size: 2, gain: no } },
      'the client was 97 % busy, and this system does not say whether its cores were: a client on another machine would tell',
    ],
    [
      'load',
      { ...quiet, larger: { size: 16, gain: no }, busier: { size: 32, gain: more } },
      '32 requests under way carry 95 % more (99 % interval 90 % to 100 %), and a larger pool alone does not: --concurrency is the limit',
    ],
    [
      'server',
      { ...quiet, larger: { size: 16, gain: no }, busier: { size: 32, gain: no }, process: { size: 2, gain: no } },
      '16 connections, 32 requests under way and a second client process carry no more: at most 1.4 %, 1.4 % and 1.4 %',
    ],
    [
      'link',
      { ...quiet, larger: { size: 16, gain: no }, process: { size: 2, gain: no }, bandwidthUsed: 0.95 },
      "95 % of the link's bandwidth is used, and 16 connections and a second client process carry no more: at most 1.4 % and 1.4 %",
    ],
    [
      'unknown',
      { ...quiet, larger: { size: 16, gain: no }, process: { size: 2, gain: no }, bodyShare: 0.7 },
      "16 connections and a second client process carry no more: at most 1.4 % and 1.4 %, and 70 % of a request's time its body is on its way: a link that is full and a server that sends slowly look alike from here, and the same page with a smaller body would tell",
    ],
  ])('says what was looked at: %s', (what, evidence, because) => {
    expect(sayLimit(evidence, words)).toMatchObject({ what, because })
  })

  it('says of a rate that nothing else was sent', () => {
    const { what, because } = sayLimit({ failures: [] }, { ...words, isAtRate: true })
    expect({ what, because }).toEqual({ what: 'unknown', because: expect.stringMatching(/nothing but the rate/) })
  })

  it('speaks of no setting where none was chosen', () => {
    expect(sayLimit({ failures: [] }, { ...words, id: undefined }).because).toMatch(/no setting was chosen/)
  })
})
