import type { HttpHeaders } from './headers.ts'

/** What a fetched response says of itself, beside its body. */
export type ResponseFacts = {
  readonly status: number
  readonly statusText: string
  readonly headers: HttpHeaders
  /** Without userinfo and fragment. */
  readonly url: string
  readonly redirected: boolean
  /** 'cors' once a redirect has led to another origin, as in Node's own fetch. */
  readonly type: 'basic' | 'cors'
}

type Body = ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null
type Told = 'status' | 'statusText' | 'ok' | 'url' | 'redirected' | 'type' | 'headers' | 'clone'
type Changed = 'append' | 'delete' | 'set'

// The same classes; their types declare fields where they have accessors and methods, and fields cannot be overridden.
const PlatformResponse = Response as unknown as new (
  body: Body,
  init?: { readonly headers: Record<string, string> },
) => Omit<Response, Told>
const PlatformHeaders = Headers as unknown as new () => Omit<Headers, Changed>

/**
 * A Response as fetch gives it. The platform's constructor makes only what a program could have thought of: no status
 * above 599, no text beyond Latin-1, no URL. What came from the network is therefore told beside it.
 */
export class FetchResponse extends PlatformResponse implements Response {
  readonly #facts: ResponseFacts
  #headers: Headers | undefined

  constructor(body: Body, facts: ResponseFacts) {
    // blob() and formData() ask the platform's own headers for the type.
    const type = facts.headers.get('content-type')
    super(body, type === null ? undefined : { headers: { 'content-type': type } })
    this.#facts = facts
  }

  get status(): number {
    // The platform's constructor asks before there are any facts: whether a status of its own allows a body.
    return #facts in this ? this.#facts.status : 200
  }

  get statusText(): string {
    return this.#facts.statusText
  }

  get ok(): boolean {
    return this.#facts.status >= 200 && this.#facts.status <= 299
  }

  get url(): string {
    return this.#facts.url
  }

  get redirected(): boolean {
    return this.#facts.redirected
  }

  get type(): ResponseFacts['type'] {
    return this.#facts.type
  }

  get headers(): Headers {
    this.#headers ??= new ReceivedHeaders(this.#facts.headers)
    return this.#headers
  }

  clone(): FetchResponse {
    return new FetchResponse(Response.prototype.clone.call(this).body, this.#facts)
  }
}

/** Headers that cannot be changed, as those of a fetched response cannot. */
class ReceivedHeaders extends PlatformHeaders implements Headers {
  constructor(received: HttpHeaders) {
    super()
    const append = Headers.prototype.append.bind(this)
    for (const name of received.keys()) for (const value of received.getAll(name)) append(name, value)
  }

  append(): never {
    throw new TypeError('immutable')
  }

  delete(): never {
    throw new TypeError('immutable')
  }

  set(): never {
    throw new TypeError('immutable')
  }
}
