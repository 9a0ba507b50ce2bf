import { describe, expect, it } from 'vitest'
import { resolveScenario } from '../../../src/scenario/resolve-scenario.ts'
import { meanRate, readStage, resolveStages } from '../../../src/scenario/stages.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'

const make = () => () => {}
const scenario = (workload: object) => ({ question: '?', baseline: 'a', variants: { a: make, b: make }, workload })

function problemsOf(workload: object): string {
  const result = validateScenario(scenario(workload))
  return 'problems' in result ? result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n') : ''
}

const open = (stages: unknown, more: object = {}) => problemsOf({ model: 'open', stages, ...more })
const hold = { durationMs: 1_000, arrivalRate: 100 }

describe('stages of a scenario', () => {
  it('are taken', () => {
    expect(open([hold])).toBe('')
    expect(open([{ durationMs: 500, arrivalRate: 0, rampTo: 100 }, hold, { durationMs: 500, rampTo: 0 }])).toBe('')
    expect(open([hold, { durationMs: 10, arrivalRate: 0 }], { arrivals: 'poisson', maxInFlight: 5 })).toBe('')
  })

  it.each([
    [
      'both a rate and stages',
      [hold],
      { arrivalRate: 5 },
      /workload\.arrivalRate: expected either arrivalRate, or stages/,
    ],
    ['neither', undefined, {}, /workload\.arrivalRate: expected either arrivalRate, or stages/],
    ['none', [], {}, /workload\.stages: expected at least one stage/],
    ['too many', new Array(33).fill(hold), {}, /workload\.stages: expected at most 32 stages/],
    [
      'a first ramp from nowhere',
      [{ durationMs: 1_000, rampTo: 50 }],
      {},
      /workload\.stages\[0\]\.arrivalRate: a ramp to 50 needs a rate to start from.*--stage 10s:0\.\.50/,
    ],
    ['a stage without a rate', [hold, { durationMs: 5 }], {}, /workload\.stages\[1\]: expected a rate/],
    ['no length', [{ ...hold, durationMs: 0 }], {}, /workload\.stages\[0\]\.durationMs/],
    ['a negative rate', [{ ...hold, arrivalRate: -1 }], {}, /workload\.stages\[0\]\.arrivalRate/],
    ['too high a rate', [{ ...hold, rampTo: 100_001 }], {}, /workload\.stages\[0\]\.rampTo/],
    ['rates of zero', [{ ...hold, arrivalRate: 0 }], {}, /workload\.stages: nothing arrives: .* got 0/],
    ['less than one arrival', [{ durationMs: 100, arrivalRate: 5 }], {}, /nothing arrives: .* got 0\.5/],
    [
      'too long',
      [
        { ...hold, durationMs: 3_000_000 },
        { ...hold, durationMs: 1_200_000 },
      ],
      {},
      /at most 60 min.* got 70 min/,
    ],
    ['a misspelt field', [{ ...hold, rate: 5 }], {}, /workload\.stages\[0\]: .*rate/],
  ])('are refused: %s', (_, stages, more, message) => {
    expect(open(stages, more)).toMatch(message)
  })

  it('are not for a closed loop', () => {
    expect(problemsOf({ model: 'closed', stages: [hold] })).toMatch(/workload: .*stages/)
  })

  it('are completed: a ramp starts where the stage before it ended, and warm-up is at the mean rate', () => {
    const stages = [{ durationMs: 500, arrivalRate: 0, rampTo: 100 }, hold, { durationMs: 500, rampTo: 0 }]
    const resolved = [
      { durationMs: 500, fromRate: 0, toRate: 100 },
      { durationMs: 1_000, fromRate: 100, toRate: 100 },
      { durationMs: 500, fromRate: 100, toRate: 0 },
    ]
    expect(resolveStages(stages)).toEqual(resolved)
    expect(meanRate(resolved)).toBe(75)
    const place = { name: 'test', url: 'file:///test.ts' }
    const { workload } = resolveScenario(scenario({ model: 'open', stages }) as never, place)
    expect(workload).toEqual({
      ...{ model: 'open', arrivalRate: 75, stages: resolved },
      ...{ arrivals: 'constant', maxInFlight: 1_000, iterationTimeoutMs: 10_000 },
    })
  })
})

describe('readStage', () => {
  it.each([
    ['10s:200', { durationMs: 10_000, arrivalRate: 200 }],
    ['500ms:0', { durationMs: 500, arrivalRate: 0 }],
    ['10s:0..200', { durationMs: 10_000, arrivalRate: 0, rampTo: 200 }],
    ['2m:12.5..0.5', { durationMs: 120_000, arrivalRate: 12.5, rampTo: 0.5 }],
    ['10s:->200', { durationMs: 10_000, rampTo: 200 }],
  ])('%s', (text, stage) => {
    expect(readStage(text)).toEqual(stage)
  })

  it.each([
    '',
    '10s',
    '10s:',
    ':5',
    '10:5',
    '10s:5..',
    '10s:..5',
    '10s:5..6..7',
    '10s:->',
    '10s:5->6',
    '10s:-1',
    '10s:1e3',
  ])('refuses %j', (text) => {
    expect(() => readStage(text)).toThrow(/expected a (stage|duration|number).*got/)
  })

  it('refuses a rate that is too high', () => {
    expect(() => readStage('1s:100001')).toThrow(/from 0 to 100000/)
  })
})
