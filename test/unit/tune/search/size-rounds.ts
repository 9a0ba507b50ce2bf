import { makeSetting, type Space } from '../../../../src/tune/search/setting.ts'
import type { SizeRound } from '../../../../src/tune/search/size-search.ts'

export const space: Space = { sizeName: 'n', sizes: { kind: 'range', smallest: 1, largest: 64 }, others: {} }

/** By size what it carries, in how many of the rounds it had part, and how many of 1,000 iterations fail. */
export type SeenSizes = Readonly<
  Record<number, number | readonly [perSecond: number, rounds?: number, failing?: number]>
>

/** Rounds in which blocks and their mirrors differ by a share, one way and the other. */
export function makeSizeRounds(
  seen: SeenSizes,
  { rounds = 2, wobble = 0, line = {}, order = 0, clientBusy = 0.1 } = {},
): SizeRound[] {
  return Array.from({ length: rounds }, (_, round) =>
    Object.entries(seen).flatMap(([size, all], at) => {
      const [perSecond, own = rounds, failing = 0] = [all].flat() as [number, number?, number?]
      const halves = (at % 2 === 0 ? [wobble, -wobble] : [-wobble, wobble]).map((half) => perSecond * Math.exp(half))
      const measured = { perSecond: halves, succeeded: perSecond, clientBusy, seconds: 1 }
      const setting = makeSetting(space, line, { size: Number(size), order })
      return round < own ? [{ setting, ...measured, tallies: [{ broken: failing, of: 1_000 }] }] : []
    }),
  )
}
