import { createReadStream } from 'node:fs'
import type * as z from 'zod'
import { UsageError } from '../bench-error.ts'
import { codeOf } from '../session/thrown.ts'
import { damaged, listIssues } from './damaged.ts'

/** Hours of blocks are less; a file of any length would be memory of any size. */
const mostMiB = 128
/** Each one that is wrong is an issue of the schema's, and all of them are kept until the last one is found. */
const mostValues = 3_000_000

/** Reads the text of a file, which may be a pipe, as far as any of ours goes. Rejects with UsageError. */
export async function readDocument(path: string, hintOf: (code: string | undefined) => string): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > mostMiB * 2 ** 20) throw tooMuch(path, `${mostMiB} MiB`)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    const code = codeOf(cause)
    throw new UsageError(`cannot read ${path} (${code})${hintOf(code)}`, { cause })
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A document as its schema reads it. Throws UsageError, with each problem, for what is not one. */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  { path, name, document }: { readonly path: string; readonly name: string; readonly document: unknown },
): z.output<Schema> {
  checkSize(path, document)
  const read = tryParse(schema, document)
  if (read === undefined) throw damaged(path, name, ['in more places than can be listed'])
  if (!read.success) throw damaged(path, name, listIssues(read.error))
  return read.data
}

/**
 * Makes sure that a document is what its schema says, just as it is: the schema's copy has its defaults, and another order.
 * Throws UsageError, with each problem, for what is not one.
 */
export function checkDocument<Schema extends z.ZodType>(
  document: unknown,
  schema: Schema,
  file: { readonly path: string; readonly name: string },
): asserts document is z.input<Schema> {
  parseDocument(schema, { ...file, document })
}

/** Undefined when there are so many issues that the schema cannot hand them on: each is an argument of one call. */
function tryParse<Schema extends z.ZodType>(schema: Schema, document: unknown) {
  try {
    return schema.safeParse(document)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Throws UsageError for a document of more values than a schema can be asked about. */
function checkSize(path: string, document: unknown): void {
  const waiting = [document]
  let values = 0
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null) continue
    const parts = Object.values(value)
    values += parts.length
    if (values > mostValues) throw tooMuch(path, `${mostValues.toLocaleString('en')} values`)
    for (const part of parts) if (typeof part === 'object' && part !== null) waiting.push(part)
  }
}

function tooMuch(path: string, limit: string): UsageError {
  return new UsageError(`${path} is no file of sessionbench: it holds more than ${limit}`)
}

/** A version as a file says it, which may be anything. */
export function showVersion(version: unknown): string {
  if (typeof version === 'object' && version !== null) return Array.isArray(version) ? 'a list' : 'an object'
  return String(JSON.stringify(version)).slice(0, 40)
}
