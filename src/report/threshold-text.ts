import type { ComparisonResult, ThresholdResult } from '../document/model.ts'
import { at } from '../session/at.ts'
import { formatFigure } from '../words/format.ts'
import type { Paint } from '../words/paint.ts'

/** Says of a threshold whether it held, and by what measure. */
export function renderThreshold(paint: Paint) {
  return ({ arm, metric, limit, expected, actual, verdict, reason }: ThresholdResult) => {
    const style = verdict === 'held' ? 'green' : verdict === 'inconclusive' ? 'yellow' : 'red'
    const value = actual === undefined ? 'nothing' : formatFigure(actual)
    return `threshold ${paint(style, verdict)}: ${arm} ${metric} ${limit} ${formatFigure(expected)}, measured ${value} (${reason})`
  }
}

/** A line for each threshold. Those that several arms of a variant held in a sweep have one line together. */
export function renderThresholds({ thresholds, arms }: ComparisonResult, paint: Paint): string[] {
  const variantOf = new Map(arms.map(({ id, variant }) => [id, variant]))
  const groups = Map.groupBy(thresholds, ({ arm, metric, limit, expected }) =>
    [variantOf.get(arm), metric, limit, expected].join('\n'),
  )
  return [...groups.values()].flatMap((group) => {
    const held = group.filter(({ verdict }) => verdict === 'held')
    // A limit that was declared twice is still of one arm.
    const countArms = (some: readonly ThresholdResult[]) => new Set(some.map(({ arm }) => arm)).size
    const [inAll, inHeld] = [countArms(group), countArms(held)]
    if (inHeld < 2) return [...new Set(group.map(renderThreshold(paint)))]
    const who = `${variantOf.get(at(held, 0).arm)}`
    const where = inHeld === inAll ? `all ${inAll}` : `${inHeld} of ${inAll}`
    const others = group.filter(({ verdict }) => verdict !== 'held')
    return [renderHeld(held, { who, where, paint }), ...others.map(renderThreshold(paint))]
  })
}

function renderHeld(
  held: readonly ThresholdResult[],
  { who, where, paint }: { readonly who: string; readonly where: string; readonly paint: Paint },
): string {
  const { metric, limit, expected } = at(held, 0)
  const values = held.flatMap(({ actual }) => (actual === undefined ? [] : [actual]))
  const range = [...new Set([Math.min(...values), Math.max(...values)].map(formatFigure))].join(' to ')
  const what = `${who} ${metric} ${limit} ${formatFigure(expected)} in ${where} arms`
  return `threshold ${paint('green', 'held')}: ${what}, measured ${range}`
}
