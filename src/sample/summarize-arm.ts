import * as z from 'zod'
import { armFigures, type Block } from './block.ts'
import { type Figure, type Seen, schemasOf } from './field.ts'

const { load, vitals, parts } = armFigures
const armFigureSchema = z.strictObject({ ...schemasOf(load), ...schemasOf(vitals), ...schemasOf(parts) })

/** All blocks of one arm taken together. Latencies in µs of successful iterations; NaN never, 0 when there are none. */
export type ArmSummary = { readonly arm: string; readonly blocks: number } & Readonly<z.infer<typeof armFigureSchema>>

/** Merges an arm's blocks: each figure as the table of its field tells. */
export function summarizeArm(arm: string, blocks: readonly Block[]): ArmSummary {
  const figures = Object.entries<Figure & { readonly from: string }>({ ...load, ...vitals, ...parts })
  const told = figures.map(([name, figure]) => [name, figure.of(blocks.map(seenIn(figure.from)))] as const)
  const summary = Object.fromEntries(told.filter(([, value]) => value !== undefined))
  return { arm, blocks: blocks.length, ...(summary as z.infer<typeof armFigureSchema>) }
}

function seenIn(name: string) {
  return (block: Block): Seen<unknown> => {
    const values: Readonly<Record<string, unknown>> = block
    return { block, value: values[name] }
  }
}
