/** The server's two origins, and what they have seen since the row began. */
export type Place = {
  readonly url: string
  readonly other: string
  /** Where nothing listens. */
  readonly closed: string
  readonly seen: () => readonly Seen[]
  /** Resolves when the server has lost the connection of the last request. */
  readonly hungUp: () => Promise<string>
  /** Resolves when the server has sent the last answer. */
  readonly answered: () => Promise<void>
}

/** One request as the server saw it. */
export type Seen = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type Fetch = typeof globalThis.fetch

/** One behaviour: what is done with a fetch, and what came of it. */
export type Row = {
  readonly name: string
  readonly observe: (fetch: Fetch, place: Place) => Promise<unknown>
  /** Why the session's differs, on purpose; without it, both outcomes must be equal. */
  readonly differs?: string
}

/** Headers that differ by design in every request, and have a row of their own. */
const OF_THE_CLIENT = ['accept-encoding', 'accept-language', 'connection', 'host', 'sec-fetch-mode', 'user-agent']
const OF_THE_SERVER = ['connection', 'date', 'keep-alive']

/** A row in which one call is made and its answer is read. */
export function asks(
  name: string,
  path: string,
  init?: (place: Place) => Record<string, unknown> | undefined,
  differs?: string,
): Row {
  return row(name, (fetch, place) => answerTo(fetch(place.url + path, init?.(place) as RequestInit), place), differs)
}

/** A row of its own making; what it throws is part of the outcome. */
export function row(name: string, observe: Row['observe'], differs?: string): Row {
  const settled: Row['observe'] = async (fetch, place) => {
    try {
      return await observe(fetch, place)
    } catch (error) {
      return { failed: describeError(error), seen: place.seen() }
    }
  }
  return { name, observe: settled, ...(differs === undefined ? {} : { differs }) }
}

/** All that can be seen of one call from both ends. */
export async function answerTo(call: Promise<Response>, place: Place): Promise<unknown> {
  const response = await call
  return { response: await describeResponse(response), seen: place.seen() }
}

/** Everything a response says, and its text. */
export async function describeResponse(response: Response): Promise<unknown> {
  const { status, statusText, ok, type, url, redirected } = response
  return {
    ...{ status, statusText, ok, type, url, redirected },
    isResponse: response instanceof Response,
    headers: [...response.headers].filter(([name]) => !OF_THE_SERVER.includes(name)),
    hasBody: response.body !== null,
    text: await outcomeOf(response.text()),
    bodyUsed: response.bodyUsed,
  }
}

/** A value, or how the promise failed. */
export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return { failed: describeError(error) }
  }
}

/** An error by what programs ask of it. Texts are compared where the standard leaves no room for them to be better. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error }
  const { name, message } = error
  const isStandard = name !== 'TypeError' || message === 'fetch failed' || message === 'terminated'
  return { name, message: isStandard ? message : 'of its own', isDomException: error instanceof DOMException }
}

/** A request's headers without those that are the client's own. */
export function seenHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CLIENT.includes(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]).sort())
}
