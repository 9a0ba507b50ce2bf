import { existsSync } from 'node:fs'
import { UsageError } from '../../bench-error.ts'
import { makeBaseline, renderBaseline } from '../../check/baseline-model.ts'
import { readBaseline } from '../../check/record.ts'
import type { Calibration } from '../../document/calibration-model.ts'
import type { Results } from '../../document/model.ts'
import { sameFingerprint } from '../../sample/environment.ts'
import { maskUrlsIn } from '../../session/mask.ts'
import { readCalibration } from '../../store/calibration.ts'
import { readResults } from '../../store/results.ts'
import { checkWritable, writeWholeFile } from '../../store/write-file.ts'
import { formatCounted, formatFigure } from '../../words/format.ts'
import { showDocument } from '../../words/show-text.ts'
import type { Terminal } from '../terminal.ts'
import { measureForCommand, type RunCommandOptions } from './run.ts'

export interface BaselineSaveOptions extends RunCommandOptions {
  readonly baseline: string
  readonly from?: string | undefined
  readonly calibration?: string | undefined
  readonly force: boolean
}

/** Writes a baseline from results, or from scenarios that it runs. The only thing that ever writes one. */
export async function saveBaselineCommand(
  names: readonly string[],
  { baseline: path, from, calibration: calibrationPath, force, ...options }: BaselineSaveOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  if (from !== undefined && names.length > 0)
    throw new UsageError('expected either scenarios to run or --from, got both')
  if (existsSync(path) && !force) throw new UsageError(`${path} exists; --force replaces it`)
  await checkWritable(path)
  const calibration = calibrationPath === undefined ? undefined : await readCalibration(calibrationPath)
  const results =
    from === undefined ? (await measureForCommand(names, options, terminal, signal)).results : await readResults(from)
  const comparisons = results.scenarios.flatMap((scenario) => scenario.comparisons)
  const invalid = comparisons.find(({ validity }) => validity === 'invalid')
  const where = from === undefined ? '' : `${from}: `
  if (results.partial) {
    const message = `${where}the run was interrupted: part of a run is no baseline`
    if (!signal.aborted) throw new UsageError(message)
    terminal.note(`sessionbench: ${message}\n`)
    throw signal.reason
  }
  if (comparisons.length === 0) throw new UsageError(`${where}nothing was measured: that is no baseline`)
  if (invalid !== undefined)
    throw new UsageError(`${where}${invalid.id} is invalid, and no baseline: ${invalid.reasons.join('; ')}`)
  if (calibration !== undefined && calibrationPath !== undefined) {
    checkSameMachine(calibrationPath, calibration, results)
  }
  await writeWholeFile(path, renderBaseline(makeBaseline(results, calibration)))
  terminal.print(
    `wrote ${maskUrlsIn(path)}: ${formatCounted(comparisons.length, 'comparison')} of ${results.startedAt}\n`,
  )
}

function checkSameMachine(path: string, calibration: Calibration, results: Results): void {
  const { isSame, differences } = sameFingerprint(calibration.environment, results.environment)
  if (isSame) return
  throw new UsageError(
    `--calibration ${path}: expected one of the machine that the results are of, got another (${differences.join(', ')}): calibrate here`,
  )
}

/** Prints what a baseline holds. */
export async function showBaselineCommand(path: string, terminal: Terminal): Promise<void> {
  const { startedAt, seed, environment, scenarios } = showDocument(await readBaseline(path))
  const { node, harness, cpuModel, cpuCount, kernel, fingerprint, clients } = environment
  const versions = Object.entries(clients).map(([name, version]) => `${name} ${version}`)
  terminal.print(`${maskUrlsIn(path)}: measured ${startedAt}, seed ${seed}\n`)
  terminal.print(
    `  sessionbench ${harness}, Node ${node}, ${cpuCount} × ${cpuModel}, ${kernel}; fingerprint ${fingerprint}\n`,
  )
  terminal.print(`  ${versions.join(', ')}\n`)
  for (const { name, noiseFloorPercent, comparisons } of scenarios) {
    if (noiseFloorPercent !== null) {
      terminal.print(`  ${name}: CPU time of equal code differs by up to ${formatFigure(noiseFloorPercent)} %\n`)
    }
    for (const { id, arms, blocks, unit } of comparisons) {
      const names = arms.map((arm) => arm.id).join(', ')
      terminal.print(`  ${name}, ${id}: ${names}; ${formatCounted(blocks.length, 'block')}, unit ${unit}\n`)
    }
  }
}
