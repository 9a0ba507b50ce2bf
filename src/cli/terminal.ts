import { styleText } from 'node:util'
import { type Paint, plain } from '../report/table.ts'

/** What the command line knows of where it runs: the streams, their width and colours, and the folder. */
export interface Terminal {
  readonly workingFolder: string
  /** Columns of the reports. */
  readonly width: number
  /** Columns of progress and messages, which go elsewhere than the reports. */
  readonly noteWidth: number
  readonly paint: Paint
  /** Whether progress can be redrawn in place. */
  readonly isLive: boolean
  /** The file of GITHUB_STEP_SUMMARY, in a job of GitHub Actions. */
  readonly stepSummary: string | undefined
  print(text: string): void
  /** Progress and messages: stderr, so that a piped report stays a report. */
  note(text: string): void
}

const widthWithoutTerminal = 120

/** Reads the terminal of this process; NO_COLOR, FORCE_COLOR and COLUMNS mean what they usually do. */
export function readTerminal(): Terminal {
  const { stdout, stderr, env } = process
  const columns = stdout.columns ?? Number(env.COLUMNS)
  const hasColours = isForced(env.FORCE_COLOR) || (stdout.isTTY && !env.NO_COLOR && stdout.hasColors())
  return {
    workingFolder: process.cwd(),
    width: columns >= 40 ? columns : widthWithoutTerminal,
    noteWidth: stderr.columns ?? widthWithoutTerminal,
    paint: hasColours ? (style, text) => styleText(style, text, { validateStream: false }) : plain,
    stepSummary: env.GITHUB_STEP_SUMMARY,
    isLive: stderr.isTTY === true && env.TERM !== 'dumb',
    print: makeWriter(stdout),
    note: makeWriter(stderr),
  }
}

/** A reader that went away (`| head`, a closed terminal) ends the writing, not the run. */
function makeWriter(stream: NodeJS.WriteStream): (text: string) => void {
  let isOpen = true
  stream.on('error', () => {
    isOpen = false
  })
  return (text) => {
    if (isOpen) stream.write(text)
  }
}

function isForced(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
