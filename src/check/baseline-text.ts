import { formatCounted, formatFigure } from '../words/format.ts'
import { showDocument } from '../words/show-text.ts'
import type { Baseline } from './baseline-model.ts'

/** What a baseline holds, for a terminal. */
export function renderBaselineText(baseline: Baseline, path: string): string {
  const { startedAt, seed, environment, scenarios } = showDocument(baseline)
  const { node, harness, cpuModel, cpuCount, kernel, fingerprint, clients } = environment
  const versions = Object.entries(clients).map(([name, version]) => `${name} ${version}`)
  const lines = [
    `${path}: measured ${startedAt}, seed ${seed}`,
    `  sessionbench ${harness}, Node ${node}, ${cpuCount} × ${cpuModel}, ${kernel}; fingerprint ${fingerprint}`,
    `  ${versions.join(', ')}`,
    ...scenarios.flatMap(renderScenario),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function renderScenario({ name, noiseFloorPercent, comparisons }: Baseline['scenarios'][number]): string[] {
  const noise =
    noiseFloorPercent === null
      ? []
      : [`  ${name}: CPU time of equal code differs by up to ${formatFigure(noiseFloorPercent)} %`]
  return noise.concat(
    comparisons.map(({ id, arms, blocks, unit }) => {
      const names = arms.map((arm) => arm.id).join(', ')
      return `  ${name}, ${id}: ${names}; ${formatCounted(blocks.length, 'block')}, unit ${unit}`
    }),
  )
}
