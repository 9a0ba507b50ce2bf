import type { RateStage } from '../scenario/stages.ts'
import { formatFigure, formatLength } from './format.ts'

/** `200/s for 10 s`, `0→200/s for 500 ms`. */
export function renderStage({ durationMs, fromRate, toRate }: RateStage): string {
  const rates = fromRate === toRate ? [toRate] : [fromRate, toRate]
  return `${rates.map(formatFigure).join('→')}/s for ${formatLength(durationMs)}`
}
