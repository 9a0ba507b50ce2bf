import { describe, expect, it } from 'vitest'
import { isClientLimited, meanBusy, meanIdle } from '../../../../src/tune/search/client-limit.ts'
import type { ProbeKind, ProbeRound } from '../../../../src/tune/search/limit-probe.ts'
import { parseObjective } from '../../../../src/tune/search/objective.ts'
import { judgeSizes, sizeSearchDefaults } from '../../../../src/tune/search/size-search.ts'
import { makeSizeRounds, space } from './size-rounds.ts'

const search = { ...sizeSearchDefaults, space, objective: parseObjective('errors<1%') }
const probe = (kind: ProbeKind, perSecond: number, machineIdle: number | undefined): ProbeRound[number] => ({
  ...{ kind, perSecond, p50Us: 1_000, succeeded: 100, failed: 0, clientBusy: 0.5, machineIdle },
})
const probes = (process: number, machineIdle: number | undefined): ProbeRound[] =>
  Array.from({ length: 4 }, () => [probe('same', 400, 0.9), probe('process', process, machineIdle)])

const beside = (larger: number, process: number): ProbeRound[] =>
  probes(process, 0.5).map((round) => [...round, probe('larger', larger, undefined)])

/** 4 connections with a client that has time left, a second process of it that carries more, and 8 that were measured in the rounds. */
function isOutdoneBeside(ofEight: number): boolean {
  const rounds = makeSizeRounds({ 4: 400, 8: ofEight }, { clientBusy: 0.6 })
  return isClientLimited(judgeSizes(search, rounds)[0] as never, { search, rounds, probes: probes(600, 0.5) })
}

describe('isClientLimited', () => {
  const isLimited = (clientBusy: number, tried: readonly ProbeRound[] = []) => {
    const rounds = makeSizeRounds({ 4: 200, 8: 400 }, { clientBusy })
    return isClientLimited(judgeSizes(search, rounds)[1] as never, { search, rounds, probes: tried })
  }

  it.each<[string, boolean, boolean]>([
    ['a client with time left', isLimited(0.9), false],
    ['one without', isLimited(0.91), true],
    ['where another carries no more on a machine with time for it', isLimited(0.91, probes(400, 0.1)), false],
    ['where the machine has no time for it', isLimited(0.91, probes(400, 0.09)), true],
    ['where the machine does not tell', isLimited(0.91, probes(400, undefined)), true],
    ['where another carries more', isLimited(0.91, probes(600, 0.5)), true],
    ['one with time left, that another outdoes where more requests do not', isLimited(0.6, beside(400, 600)), true],
    ['where more requests do as well', isLimited(0.6, beside(600, 600)), false],
    ['where the rounds told that more requests do not', isOutdoneBeside(400), true],
    ['where the rounds told that they do', isOutdoneBeside(600), false],
    ['where more requests were not tried', isLimited(0.6, probes(600, 0.5)), false],
    ['one with most of its time left', isLimited(0.5, beside(400, 600)), false],
  ])('%s', (_, limited, expected) => expect(limited).toBe(expected))
})

it('meanBusy is of the blocks of one setting', () => {
  const rounds = [
    ...makeSizeRounds({ 8: 400 }, { rounds: 1, clientBusy: 0.5 }),
    ...makeSizeRounds({ 8: 400 }, { rounds: 1, clientBusy: 0.7 }),
    ...makeSizeRounds({ 4: 400 }, { rounds: 1, clientBusy: 1 }),
  ]
  expect(meanBusy({ id: 'n=8' } as never, rounds)).toBeCloseTo(0.6, 12)
  expect(meanBusy({ id: 'n=2' } as never, rounds)).toBe(0)
})

it('meanIdle is of the blocks of two processes, where the machine tells', () => {
  const process = (idle: number | undefined) => [probe('same', 400, 0.9), probe('process', 400, idle)]
  expect(meanIdle([process(0.2), process(undefined), process(0.4)])).toBeCloseTo(0.3, 12)
  expect(meanIdle([process(undefined)])).toBeUndefined()
  expect(meanIdle([])).toBeUndefined()
})
