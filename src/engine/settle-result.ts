/**
 * What clients resolve a request to: fetch, ky and Session have a `status` and a body that is read by a method; undici's
 * `request` has a `statusCode` and such a method on its `body`; node:http has a `statusCode` and is itself a stream.
 */
interface ResponseLike {
  readonly status?: number
  readonly statusCode?: number
  bytes?(): Promise<unknown>
  arrayBuffer?(): Promise<unknown>
  readonly body?: { arrayBuffer?(): Promise<unknown> } | null
  [Symbol.asyncIterator]?(): AsyncIterator<unknown>
}

/**
 * Reads a response that an iteration resolved to, so that forgetting to is not measured as a faster client; fails on a
 * status of 400 or more. Returns undefined at once for anything that is not an unread response.
 */
export function settleResult(value: unknown): Promise<void> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const response = value as ResponseLike
  const status = response.status ?? response.statusCode
  if (typeof status !== 'number') return undefined
  const read = readerOf(response)
  return read && readToEnd(read, status)
}

function readerOf(response: ResponseLike): (() => Promise<unknown>) | undefined {
  const { body } = response
  if (isFunction(response.bytes)) return () => (response as Required<ResponseLike>).bytes()
  if (isFunction(response.arrayBuffer)) return () => (response as Required<ResponseLike>).arrayBuffer()
  if (isFunction(body?.arrayBuffer)) return () => (body as { arrayBuffer(): Promise<unknown> }).arrayBuffer()
  if (isFunction(response[Symbol.asyncIterator])) return () => drain(response as AsyncIterable<unknown>)
  return undefined
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]()
  while (!(await iterator.next()).done);
}

async function readToEnd(read: () => Promise<unknown>, status: number): Promise<void> {
  await read()
  if (status >= 400) throw new StatusFailure(status)
}

class StatusFailure extends Error {
  override readonly name = 'StatusError'

  constructor(status: number) {
    super(`the target answered ${status}`)
  }
}
