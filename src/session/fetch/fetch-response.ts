import type { HttpHeaders } from '../head/headers.ts'
import { ReceivedHeaders } from '../head/received-headers.ts'
import type { FetchBody } from './fetch-body.ts'

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

// The same class; its types declare fields where it has accessors and methods, and fields cannot be overridden.
const PlatformResponse = Response as unknown as new (body: null) => object

/**
 * A Response as fetch gives it. The platform's constructor makes only what a program could have thought of: no status
 * above 599, no text beyond Latin-1, no URL. What came from the network is therefore told beside it.
 */
export class FetchResponse extends PlatformResponse implements Response {
  readonly #body: FetchBody
  readonly #facts: ResponseFacts
  #headers: Headers | undefined

  constructor(body: FetchBody, facts: ResponseFacts) {
    super(null)
    this.#body = body
    this.#facts = facts
  }

  get status(): number {
    // The platform's constructor asks before there are any facts.
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

  get body(): Response['body'] {
    return this.#body.platform.body
  }

  get bodyUsed(): boolean {
    return this.#body.used
  }

  async text(): Promise<string> {
    const bytes = this.#body.take()
    return bytes === undefined ? this.#body.platform.text() : UTF8.decode(await bytes)
  }

  async json(): Promise<unknown> {
    const bytes = this.#body.take()
    return bytes === undefined ? this.#body.platform.json() : JSON.parse(UTF8.decode(await bytes))
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = this.#body.take()
    return bytes === undefined ? this.#body.platform.arrayBuffer() : new Uint8Array(await bytes).buffer
  }

  blob(): ReturnType<Response['blob']> {
    return this.#body.platform.blob()
  }

  formData(): ReturnType<Response['formData']> {
    return this.#body.platform.formData()
  }

  clone(): FetchResponse {
    return new FetchResponse(this.#body.clone(), this.#facts)
  }

  static {
    // What else the platform can do with a body, in this version of it or a later one.
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Response.prototype))) {
      if (typeof value !== 'function' || Object.hasOwn(FetchResponse.prototype, name)) continue
      Object.defineProperty(FetchResponse.prototype, name, {
        value(this: FetchResponse, ...args: unknown[]) {
          return value.apply(this.#body.platform, args)
        },
      })
    }
  }
}

const UTF8 = new TextDecoder()
