import { at } from '../session/at.ts'
import { type BlockValues, isComparable, logContrast, type Round } from './contrast.ts'
import { sumOf } from './sum-of.ts'
import { LEAST_UNITS, type RoundDifference } from './units.ts'

/** Round differences, with the machine's own speed taken out where that helps. */
interface SpeedAdjustment {
  readonly rounds: readonly RoundDifference[]
  readonly used: boolean
  /** Change of the metric's logarithm per unit of the control's logarithm; undefined without a control. */
  readonly slope: number | undefined
  /** Share of the variance within arms that the control explains. */
  readonly explained: number | undefined
}

// The control is used when it explains a fair share of the variance and does so beyond chance (t of the slope).
const LEAST_EXPLAINED = 0.05
const LEAST_T = 3
// Two pairs lie on a line through the origin, or nearly so, once in five times: with so few, t says nothing.
const LEAST_PAIRS = 2 * LEAST_UNITS

/**
 * Takes slope × (the control's contrast) from each round's difference. The slope is a regression, through the origin, of the
 * difference between an arm's *own* two blocks on the control's difference between them. These contain no effect of
 * the arm and are the same whichever arm is called the contender, so neither the slope nor the choice to use it can bias
 * the effect, and the signs of the adjusted differences stay fair coins under the null hypothesis.
 */
export function adjustForSpeed(rounds: readonly Round[]): SpeedAdjustment {
  const plain = rounds.map((round) => ({ generation: round.generation, difference: logContrast(round) }))
  const fit = fitSlope(rounds)
  if (fit === undefined) return { rounds: plain, used: false, slope: undefined, explained: undefined }
  const { slope, explained, t } = fit
  if (explained < LEAST_EXPLAINED || t < LEAST_T) return { rounds: plain, used: false, slope, explained }
  const adjusted = rounds.map((round, i) => {
    const control = round.speedControl === undefined ? 0 : logContrast(round.speedControl)
    return { generation: round.generation, difference: (plain[i]?.difference ?? 0) - slope * control }
  })
  return { rounds: adjusted, used: true, slope, explained }
}

function fitSlope(rounds: readonly Round[]): { slope: number; explained: number; t: number } | undefined {
  const pairs = rounds.flatMap(withinArmPairs)
  const allControlled = rounds.every(({ speedControl }) => speedControl !== undefined && isComparable(speedControl))
  const controlSquares = sumOf(pairs, ({ control }) => control * control)
  const valueSquares = sumOf(pairs, ({ value }) => value * value)
  if (!allControlled || pairs.length < LEAST_PAIRS || controlSquares === 0 || valueSquares === 0) return undefined
  const crossed = sumOf(pairs, ({ control, value }) => control * value)
  const explained = Math.min(1, crossed ** 2 / (controlSquares * valueSquares))
  const t = Math.sqrt((explained * (pairs.length - 1)) / (1 - explained))
  return { slope: crossed / controlSquares, explained, t }
}

interface Pair {
  readonly value: number
  readonly control: number
}

function withinArmPairs(round: Round): Pair[] {
  const { speedControl } = round
  if (speedControl === undefined) return []
  const arms: (keyof BlockValues)[] = ['baseline', 'contender']
  return arms
    .filter((arm) => round[arm].length === 2 && speedControl[arm].length === 2)
    .map((arm) => ({ value: logDrop(round[arm]), control: logDrop(speedControl[arm]) }))
}

function logDrop(values: readonly number[]): number {
  return Math.log(at(values, 0)) - Math.log(at(values, 1))
}
