import { type IsFailure, makeIsFailure } from '../probe/status-book.ts'
import { findBody, type ResultBody } from './response-body.ts'

const isFailureByDefault = makeIsFailure()

/**
 * Reads what an iteration resolved to, where that is a response, a stream or a list of them, so that forgetting to is not
 * measured as a faster client; a body that has been read already is left alone. Rejects when a response's status is a failure
 * (400 or more, unless the scenario expects it), whether its client throws on that or not. Returns undefined at once where there is nothing to wait for.
 */
export function settleResult(value: unknown, isFailure: IsFailure = isFailureByDefault): Promise<void> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return settleAll(value, isFailure)
  const found = findBody(value, isFailure)
  if (found === undefined) return undefined
  if (found.read !== undefined) return readToEnd(found)
  return found.failure === undefined ? undefined : Promise.reject(found.failure)
}

/**
 * The same for what a step resolved to, except that the step's caller can still read it: what was read is put where it was
 * taken from. Resolves to what the caller is to get, which is another object only for a bare stream.
 */
export function settleStep(value: unknown, isFailure: IsFailure = isFailureByDefault): Promise<unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return settleResult(value, isFailure)?.then(() => value)
  }
  const found = findBody(value, isFailure)
  if (found === undefined) return undefined
  if (found.read !== undefined) return readAndKeep(value, found)
  return found.failure === undefined ? undefined : Promise.reject(found.failure)
}

function settleAll(values: readonly unknown[], isFailure: IsFailure): Promise<void> | undefined {
  const pending = values.flatMap((value) => (Array.isArray(value) ? [] : (settleResult(value, isFailure) ?? [])))
  return pending.length === 0 ? undefined : Promise.all(pending).then(() => {})
}

async function readToEnd({ read, failure }: ResultBody): Promise<void> {
  await read?.()
  if (failure !== undefined) throw failure
}

async function readAndKeep(value: object, { read, failure, keep }: ResultBody): Promise<unknown> {
  const bytes = await read?.()
  if (failure !== undefined) throw failure
  return keep === undefined ? value : keep(bytes)
}
