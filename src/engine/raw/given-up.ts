/** What a loop gave up, so that somebody may tell whether the target has stopped. */
interface GivenUpTally {
  answer(endMs: number): void
  fail(error: Error): void
  /** As a block has them; nothing where nothing was given up. */
  read(startMs: number): { readonly lastAnswerMs?: number; readonly unanswered: number; readonly unconnected: number }
}

/** A request that got no answer in time, or no connection. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp'
  readonly code = 'ETIMEDOUT'
  readonly isConnecting: boolean

  constructor(message: string, { isConnecting }: { readonly isConnecting: boolean }) {
    super(message)
    this.isConnecting = isConnecting
  }
}

export function makeGivenUpTally(): GivenUpTally {
  let [lastMs, unanswered, unconnected] = [Number.NEGATIVE_INFINITY, 0, 0]
  return {
    answer(endMs) {
      lastMs = endMs
    },
    fail(error) {
      if (!(error instanceof GivenUp)) return
      if (error.isConnecting) unconnected++
      else unanswered++
    },
    read: (startMs) => ({
      ...(unanswered + unconnected > 0 && { lastAnswerMs: Math.max(0, lastMs - startMs) }),
      ...{ unanswered, unconnected },
    }),
  }
}
