import { type FileHandle, open, stat } from 'node:fs/promises'
import { checkWritable, unwritable } from './write-file.ts'

/** A file that gets what happens, line by line, while it happens. */
export interface EventLog extends AsyncDisposable {
  /** Resolves when the system has the event's line, which a process that is killed then does not take with it. Never rejects. */
  append(event: object): Promise<void>
  /** Where it is; undefined while there is none. */
  path(): string | undefined
}

interface EventLogOptions {
  /** Hears once why no more can be written; what is measured meanwhile is not given up for it. */
  readonly onFailure: (error: Error) => void
}

/** Where the events are kept that a document is made of: `results.json` has `results.ndjson` beside it. */
export function eventLogBeside(path: string): string {
  return `${path.endsWith('.json') ? path.slice(0, -'.json'.length) : path}.ndjson`
}

/** The files that keeping a document takes: itself, and its events. */
export function placesOf(path: string | undefined): string[] {
  return path === undefined ? [] : [path, eventLogBeside(path)]
}

/** Makes sure beforehand that a document and its events can be written. Rejects with UnwritableFile. */
export async function checkPlaces(path: string | undefined): Promise<void> {
  if (path === undefined) return
  await checkWritable(path)
  if (!(await isStream(path))) await checkWritable(eventLogBeside(path))
}

/**
 * Opens the log beside a document with the first event, so that what never began replaces no earlier one. Without a document,
 * or beside a pipe or a device, there is none.
 */
export function openEventLog(path: string | undefined, { onFailure }: EventLogOptions): EventLog {
  let file: Promise<FileHandle | undefined> | undefined
  let hasFailed = false
  return {
    async append(event) {
      if (path === undefined || hasFailed) return
      const log = eventLogBeside(path)
      try {
        file ??= openBeside(path, log)
        await (await file)?.appendFile(`${JSON.stringify(event)}\n`)
      } catch (cause) {
        hasFailed = true
        onFailure(unwritable(log, cause))
      }
    },
    path: () => (file === undefined || path === undefined ? undefined : eventLogBeside(path)),
    async [Symbol.asyncDispose]() {
      await (await file?.catch(() => undefined))?.close()
    },
  }
}

async function openBeside(path: string, log: string): Promise<FileHandle | undefined> {
  // To open a pipe is to wait for its reader.
  return (await isStream(path)) || (await isStream(log)) ? undefined : open(log, 'w')
}

async function isStream(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isFile() && !found.isDirectory()
}
