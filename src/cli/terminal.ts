import { maskUrlsIn } from '../session/mask.ts'
import { unwritable } from '../store/write-file.ts'
import { type Paint, plain } from '../words/paint.ts'
import { makeBorder } from './border.ts'

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
  /** What people read. Of what came from elsewhere nothing is obeyed; it is shown. */
  print(text: string): void
  /** What programs read: to the byte, unless it goes to a screen. */
  printDocument(text: string): void
  /** Progress and messages: stderr, so that a piped report stays a report. No password of a URL is repeated. */
  note(text: string): void
  /** Takes back the last lines that were noted; only where it is live. */
  eraseNotes(lines: number): void
  /** Resolves when all that was printed has left. Rejects when it could not be written; a reader that went away is none. */
  flush(): Promise<void>
}

const widthWithoutTerminal = 120

/** Reads the terminal of this process; NO_COLOR, FORCE_COLOR and COLUMNS mean what they usually do. */
export function readTerminal(): Terminal {
  const { stdout, stderr, env } = process
  const columns = stdout.columns ?? Number(env.COLUMNS)
  const hasColours = isForced(env.FORCE_COLOR) || (stdout.isTTY && !env.NO_COLOR && stdout.hasColors())
  const border = makeBorder({ isWorkflowLog: isForced(env.GITHUB_ACTIONS) })
  const [out, notes] = [openWriter(stdout), openWriter(stderr)]
  return {
    workingFolder: process.cwd(),
    width: columns >= 40 ? columns : widthWithoutTerminal,
    noteWidth: stderr.columns ?? widthWithoutTerminal,
    paint: hasColours ? border.paint : plain,
    stepSummary: env.GITHUB_STEP_SUMMARY,
    isLive: stderr.isTTY === true && env.TERM !== 'dumb',
    print: (text) => out.write(border.let(text)),
    printDocument: (text) => out.write(stdout.isTTY ? text.split('\r\n').map(border.let).join('\r\n') : text),
    note: (text) => notes.write(border.let(maskUrlsIn(text))),
    // Line by line: to erase all from the top left corner on is to clear, and some terminals keep what is cleared.
    eraseNotes: (lines) => notes.write(`\r${'\u001b[1A\u001b[2K'.repeat(lines)}`),
    flush: () => out.flush(),
  }
}

interface Writer {
  write(text: string): void
  flush(): Promise<void>
}

/** A reader that went away (`| head`, a closed terminal) ends the writing, not the run. */
function openWriter(stream: NodeJS.WriteStream): Writer {
  let failure: NodeJS.ErrnoException | undefined
  stream.on('error', (error) => {
    failure ??= error
  })
  return {
    write(text) {
      if (failure === undefined) stream.write(text)
    },
    async flush() {
      if (failure === undefined) await new Promise((resolve) => stream.write('', resolve))
      if (failure === undefined || failure.code === 'EPIPE') return
      throw unwritable('stdout', failure)
    },
  }
}

function isForced(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
