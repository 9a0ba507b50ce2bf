import { releaseBodies } from '../body/release-body.ts'
import { InvalidOption } from '../errors.ts'
import {
  type Check,
  checkOptions,
  describeValue,
  isFunction,
  isSignal,
  isWholeNumber,
} from '../options/check-options.ts'
import type { HttpResponse } from '../response.ts'
import type { RequestOptions } from './call.ts'

/** One of many requests: a URL, or a URL with what else there is to say. */
export type ManyInput =
  | string
  | URL
  | { readonly method?: string; readonly url: string | URL; readonly options?: RequestOptions }

/**
 * How many requests are sent side by side, and what is made of each.
 *
 * @example { concurrency: 8, read: (page) => page.text() }
 */
export type ManyOptions<T> = {
  /** Calls under way at a time. @default 10 */
  readonly concurrency?: number | undefined
  /** What to keep of each response. @default the response, its body read into memory */
  readonly read?: ((response: HttpResponse, index: number) => T | Promise<T>) | undefined
  /** Ends all of them. */
  readonly signal?: AbortSignal | undefined
}

const CHECKS: Readonly<Record<string, Check>> = {
  concurrency: isWholeNumber(1),
  read: isFunction,
  signal: isSignal,
}

const INPUTS = 'a list of URLs or of { url, method, options }'

type Send = (method: string, url: string | URL, options: RequestOptions) => Promise<HttpResponse>

/** Sends all requests, some at a time, and returns what was read in the order of asking. The first error ends the rest. */
export async function runAll<T>(inputs: Iterable<ManyInput>, options: ManyOptions<T>, send: Send): Promise<T[]> {
  checkOptions(options, CHECKS, 'options')
  const { concurrency = 10 } = options
  if (typeof inputs?.[Symbol.iterator] !== 'function')
    throw new InvalidOption([{ path: 'inputs', expected: INPUTS, received: describeValue(inputs) }])
  const read = options.read ?? (readIntoMemory as (response: HttpResponse) => Promise<T>)
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal])
  const results: T[] = []
  const queue = [...inputs].entries()
  const work = async () => {
    for (const [index, input] of queue) {
      const {
        method = 'GET',
        url,
        options: own,
      } = typeof input === 'string' || input instanceof URL ? { url: input } : checkInput(input, index)
      const ends = own?.signal == null ? signal : AbortSignal.any([signal, own.signal])
      results[index] = await read(await send(method, url, { ...own, signal: ends }), index)
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, work))
  } catch (error) {
    stop.abort(error)
    for (const [, input] of queue) if (typeof input === 'object' && 'options' in input) releaseBodies(input.options)
    throw error
  }
  return results
}

async function readIntoMemory(response: HttpResponse): Promise<HttpResponse> {
  await response.bytes()
  return response
}

function checkInput<T extends ManyInput>(input: T, index: number): T {
  if (typeof input === 'object' && input !== null) return input
  throw new InvalidOption([{ path: `inputs[${index}]`, expected: 'a URL or { url }', received: describeValue(input) }])
}
