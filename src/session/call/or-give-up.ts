import { ResponseError } from '../errors.ts'
import type { HttpResponse } from '../response.ts'

/**
 * What is done with a response before its caller has it. When that fails nobody can read the body any more, and it would
 * hold its connection: it is given up, unless the error brings the response with it.
 */
export async function orGiveUp<T>(response: HttpResponse, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ResponseError)) void response.discard()
    throw error
  }
}
