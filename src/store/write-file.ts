import { randomBytes } from 'node:crypto'
import { open, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { BenchError } from '../bench-error.ts'
import { codeOf, messageOf } from '../session/thrown.ts'

/** A file could not be written: where, and why. */
class UnwritableFile extends BenchError {
  override readonly name = 'UnwritableFile'

  constructor(message: string, options?: ErrorOptions) {
    super('UNWRITABLE', message, options)
  }
}

/** Writes a file so that a reader sees the old one or the new one, never half of one. Rejects with UnwritableFile. */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  try {
    const target = await findTarget(path)
    if (target.isStream) await writeFile(target.path, text)
    else await replaceFile(target.path, text)
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

/** Makes sure beforehand that a file can be written there, so that nothing is measured in vain. */
export async function checkWritable(path: string): Promise<void> {
  try {
    const target = await findTarget(path)
    if (target.isStream) return
    const temporary = temporaryBeside(target.path)
    await (await open(temporary, 'wx')).close()
    await unlink(temporary)
  } catch (cause) {
    throw unwritable(path, cause)
  }
}

/** The file behind links; a pipe or device, which must be written into and never replaced, is a stream. */
async function findTarget(path: string): Promise<{ readonly path: string; readonly isStream: boolean }> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return { path: resolve(path), isStream: false }
  if (found.isDirectory()) throw Object.assign(new Error('it is a folder, expected a file'), { code: 'EISDIR' })
  return { path: await realpath(path), isStream: !found.isFile() }
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
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
}

function temporaryBeside(path: string): string {
  return `${resolve(path)}.${randomBytes(6).toString('hex')}.tmp`
}

/** The error for a path: what the system said, and what may be missing. */
export function unwritable(path: string, cause: unknown): UnwritableFile {
  const [code = 'unknown error', message] = [codeOf(cause), messageOf(cause)]
  const hint = code === 'ENOENT' ? `; the folder ${dirname(resolve(path))} must exist` : ''
  return new UnwritableFile(`cannot write ${path} (${code}: ${message})${hint}`, { cause })
}
