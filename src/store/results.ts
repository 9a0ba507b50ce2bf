import { randomBytes } from 'node:crypto'
import { open, rename, stat, unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { BenchError } from '../bench-error.ts'
import { renderJson } from '../report/json.ts'
import type { Results } from '../report/model.ts'

/** The results could not be written: where, and why. */
export class UnwritableResults extends BenchError {
  override readonly name = 'UnwritableResults'

  constructor(message: string, options?: ErrorOptions) {
    super('UNWRITABLE', message, options)
  }
}

/** Writes results so that a reader sees the old file or the new one, never half of one. Rejects with UnwritableResults. */
export async function writeResults(path: string, results: Results): Promise<void> {
  await replaceFile(path, renderJson(results))
}

/** Makes sure beforehand that results can be written there, so that nothing is measured in vain. */
export async function checkWritable(path: string): Promise<void> {
  const temporary = temporaryBeside(path)
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) throw new UnwritableResults(`cannot write ${path}: it is a folder; expected the path of a file`)
  try {
    await (await open(temporary, 'wx')).close()
    await unlink(temporary)
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = temporaryBeside(path)
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await unlink(temporary).catch(() => {})
    throw unwritable(path, cause)
  }
}

function temporaryBeside(path: string): string {
  return `${resolve(path)}.${randomBytes(6).toString('hex')}.tmp`
}

function unwritable(path: string, cause: unknown): UnwritableResults {
  const { code = 'unknown error', message } = cause as NodeJS.ErrnoException
  const hint = code === 'ENOENT' ? `; the folder ${dirname(resolve(path))} must exist` : ''
  return new UnwritableResults(`cannot write ${path} (${code}: ${message})${hint}`, { cause })
}
