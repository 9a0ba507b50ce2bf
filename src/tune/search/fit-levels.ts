import { at } from '../../session/at.ts'
import { studentQuantile } from '../../statistics/student-t.ts'
import { sumOf } from '../../statistics/sum-of.ts'

/** Logarithms of what each of several settings did, by round; undefined in rounds that it had no part in. */
type LogRounds = readonly (readonly (number | undefined)[])[]

/** What the settings do, apart from how fast the machine was in each round. */
export interface Levels {
  /** By setting; comparable with each other, also of settings that had no round together. NaN of one that had none. */
  readonly levels: readonly number[]
  readonly rounds: readonly number[]
  /** Standard deviation of one value about its level and its round; undefined without degrees of freedom. */
  readonly spread: number | undefined
  readonly degrees: number
}

const closeEnough = 1e-10
const mostPasses = 200

/**
 * Least squares of value = level of the setting + weather of the round, by turns (backfitting; converges as the design is
 * connected: Hastie and Tibshirani 1990, §5.3). All settings' residuals together say how much a value varies: two rounds of
 * seven settings tell that, where two rounds of one pair tell next to nothing.
 */
export function fitLevels(settings: LogRounds): Levels {
  const cells = settings.flatMap((values, setting) =>
    values.flatMap((value, round) => (value === undefined ? [] : [{ setting, round, value }])),
  )
  const count = Math.max(0, ...settings.map(({ length }) => length))
  let levels = meansBy(settings.length, cells, ({ setting, value }) => [setting, value])
  let weather = Array<number>(count).fill(0)
  for (let pass = 0; pass < mostPasses; pass++) {
    const nextWeather = meansBy(count, cells, ({ setting, round, value }) => [round, value - at(levels, setting)])
    const next = meansBy(settings.length, cells, ({ setting, round, value }) => [
      setting,
      value - at(nextWeather, round),
    ])
    const change = Math.max(0, ...next.map((level, index) => Math.abs(level - at(levels, index)) || 0))
    levels = next
    weather = nextWeather
    if (change < closeEnough) break
  }
  // Levels and weather are known but for a constant: the mean round has none.
  const mean = meanOf(weather)
  levels = levels.map((level) => level + mean)
  weather = weather.map((value) => value - mean)
  const squares = sumOf(cells, ({ setting, round, value }) => (value - at(levels, setting) - at(weather, round)) ** 2)
  const degrees = Math.max(0, cells.length - known(levels).length - known(weather).length + 1)
  return { levels, rounds: weather, spread: degrees === 0 ? undefined : Math.sqrt(squares / degrees), degrees }
}

/** Below so many degrees of freedom all settings together do not say what their spread is either. */
const leastDegrees = 3

interface Spread {
  readonly spread: number
  readonly degrees: number
}

/** The spread of all values, at least so much; undefined where too few say anything of it. */
export function spreadOf({ spread, degrees }: Levels, least: number): Spread | undefined {
  return spread === undefined || degrees < leastDegrees ? undefined : { spread: Math.max(spread, least), degrees }
}

/** Half of the two-sided interval of the difference between the levels of two settings that were measured so often. */
export function halfWidth(
  [a, b]: readonly [number, number],
  { spread: { spread, degrees }, confidence }: { readonly spread: Spread; readonly confidence: number },
): number {
  return quantileFor(confidence, degrees) * spread * Math.sqrt(1 / a + 1 / b)
}

const quantiles = new Map<string, number>()

function quantileFor(confidence: number, degrees: number): number {
  const key = `${confidence} ${degrees}`
  const known = quantiles.get(key) ?? studentQuantile(confidence, degrees)
  quantiles.set(key, known)
  return known
}

function known(values: readonly number[]): readonly number[] {
  return values.filter((value) => !Number.isNaN(value))
}

function meanOf(values: readonly number[]): number {
  const seen = known(values)
  return sumOf(seen) / Math.max(1, seen.length)
}

function meansBy<Cell>(
  count: number,
  cells: readonly Cell[],
  read: (cell: Cell) => readonly [number, number],
): number[] {
  const sums = Array<number>(count).fill(0)
  const counts = Array<number>(count).fill(0)
  for (const cell of cells) {
    const [place, value] = read(cell)
    sums[place] = at(sums, place) + value
    counts[place] = at(counts, place) + 1
  }
  return sums.map((sum, index) => sum / at(counts, index))
}
