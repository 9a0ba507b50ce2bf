import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../../../src/bench-error.ts'
import { makeBaseline, renderBaseline } from '../../../src/check/baseline-model.ts'
import { checkFormatNames } from '../../../src/check/check-formats.ts'
import { diffBaseline, saveBaseline, showBaseline } from '../../../src/cli/commands/baseline.ts'
import { check } from '../../../src/cli/commands/check.ts'
import { compareFiles } from '../../../src/cli/commands/compare.ts'
import { report } from '../../../src/cli/commands/report.ts'
import type { Terminal } from '../../../src/cli/terminal.ts'
import type { Results } from '../../../src/document/model.ts'
import { reportFormatNames } from '../../../src/report/formats.ts'
import { plain } from '../../../src/words/paint.ts'
import { type KnownTarget, knownTargets } from '../../proofs/tune/known-targets.ts'
import { simulateTuning } from '../../proofs/tune/simulate-tuning.ts'
import { run } from '../../unit/check/make-run.ts'
import { makeQuads } from '../../unit/judge/make-block.ts'
import { calibration } from '../../unit/report/calibration-document.ts'
import { documents, manifold } from '../../unit/report/documents.ts'
import { makeSketchEvents } from '../../unit/report/make-sketch.ts'
import { sketches } from '../../unit/report/sketches.ts'

type Command = (path: string) => Promise<unknown>

/** A document as a file holds it, and every command that reads such a file. */
export interface ReadBack {
  readonly document: unknown
  /** @default as JSON */
  readonly render?: (document: unknown) => string
  readonly commands: Readonly<Record<string, Command>>
}

const terminal: Terminal = {
  ...{ workingFolder: '.', width: 100, noteWidth: 100, paint: plain, isLive: false, stepSummary: undefined },
  print: () => {},
  printDocument: () => {},
  note: () => {},
  eraseNotes: () => {},
  flush: () => Promise.resolve(),
}
function asVersions({ scenarios, ...frame }: Results): Results {
  const versions = { base: 'main@1234567', head: 'the working tree', notes: ['the scenario itself differs'] }
  return { ...frame, scenarios: scenarios.map((scenario) => ({ ...scenario, versions })) }
}

const told = makeSketchEvents({ blocks: makeQuads(2, () => ({ latencyUs: 2_000 })) })
const calibrated = told.flatMap((event): object[] => {
  if (event.kind !== 'planned') return [event]
  const planned = { ...event, makes: 'sessionbench.calibration', power: 0.8, parts: ['clock'] }
  const { clock } = calibration.machine ?? {}
  return [planned, { kind: 'certifying', atMs: 0, part: 'clock' }, { kind: 'certified', atMs: 1, known: { clock } }]
})

/** Long enough for a closed loop, what was tried beside it and some rates. */
const { events: tuned } = await simulateTuning(knownTargets[0] as KnownTarget, { seed: 1, isTold: true })

/** Lines of a log, whatever has become of the events. */
function renderLines(events: unknown): string {
  return (Array.isArray(events) ? events : [events]).map((each) => `${JSON.stringify(each)}\n`).join('')
}

/** Documents by what they are, with the commands that read them; files go into the folder. */
export function makeReadBacks(folder: string): Readonly<Record<string, ReadBack>> {
  const file = (name: string, content: string) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  const context = { terminal, signal: new AbortController().signal }
  const inconclusive = 'warn' as const

  const measured = run({ generations: 2 })
  const results = file('results.json', JSON.stringify(measured))
  const baseline = file('baseline.json', renderBaseline(makeBaseline(measured)))

  const reports = reportFormatNames.map((format) => ({ format, path: join(folder, `report.${format}`) }))
  const checkReports = checkFormatNames.map((format) => ({ format, path: join(folder, `check.${format}`) }))

  const gate = { reports: checkReports, inconclusive } as const
  const saved = { names: [], baseline: join(folder, 'saved.json'), force: true }

  const onResults: ReadBack['commands'] = {
    report: (path) => report({ path, reports }, context),
    'check --from': (from) => check({ names: [], baseline, from, ...gate }, context),
    'compare A B': (path) => compareFiles({ names: [results, path], ...gate }, context),
    'compare B A': (path) => compareFiles({ names: [path, results], ...gate }, context),
    'baseline diff': (path) => diffBaseline({ baseline, path }, context),
    'baseline save': (from) => saveBaseline({ ...saved, from }, context),
  }

  const onBaseline: ReadBack['commands'] = {
    check: (path) => check({ names: [], baseline: path, from: results, ...gate }, context),
    'compare A B': (path) => compareFiles({ names: [path, results], ...gate }, context),
    'baseline show': (path) => showBaseline({ baseline: path }, context),
    'baseline diff': (path) => diffBaseline({ baseline: path, path: results }, context),
  }

  const onCalibration: ReadBack['commands'] = {
    'check --calibration': (calibration) =>
      check({ names: [], baseline, from: results, calibration, inconclusive }, context),
    'baseline save --calibration': (calibration) => saveBaseline({ ...saved, from: results, calibration }, context),
  }

  const all = Object.entries({ ...documents, ...sketches, manifold, process: measured, versions: asVersions(measured) })
  return {
    ...Object.fromEntries(all.map(([name, document]) => [`results: ${name}`, { document, commands: onResults }])),
    'a baseline': { document: JSON.parse(renderBaseline(makeBaseline(measured))), commands: onBaseline },
    'a calibration': { document: calibration, commands: onCalibration },
    'the events of a run': { document: told, render: renderLines, commands: onResults },
    'the events of a tuning': {
      document: tuned,
      render: renderLines,
      commands: { report: (path) => report({ path }, context) },
    },
    'the events of a calibration': {
      document: calibrated,
      render: renderLines,
      commands: { report: (path) => report({ path }, context) },
    },
  }
}

/** What is not a complaint about the file is a bug of the program: the command line ends with 70 for it. */
export async function useAll(commands: ReadBack['commands'], path: string): Promise<string[]> {
  const bugs: string[] = []
  for (const [name, command] of Object.entries(commands)) {
    await command(path).catch((error: unknown) => {
      if (!(error instanceof BenchError)) bugs.push(`${name}: ${(error as Error).stack ?? error}`)
      else if (!error.message.includes(path)) bugs.push(`${name} does not name the file: ${error.message}`)
    })
  }
  return bugs
}
