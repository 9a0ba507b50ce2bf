/** A response whose status is 400 or more, of a client that does not throw on that. */
export class StatusFailure extends Error {
  override readonly name = 'StatusError'
  readonly status: number
  /** Where it came from, when the client tells. */
  readonly url: string | undefined

  constructor(status: number, url: string | undefined) {
    super(`the target answered ${status}`)
    this.status = status
    this.url = url
  }
}
