/** A response whose status is 400 or more, of a client that does not throw on that. */
export class StatusFailure extends Error {
  override readonly name = 'StatusError'
  readonly status: number
  /** Where it came from, when the client tells. */
  readonly url: string | undefined

  /** `unsaid`: the iteration ended well all the same, and returned nothing of it. */
  constructor(status: number, url: string | undefined, told: 'returned' | 'unsaid' = 'returned') {
    const advice = `, and the iteration said nothing of it; where that is meant: expectedStatuses: [${status}]`
    super(`the target answered ${status}${told === 'unsaid' ? advice : ''}`)
    this.status = status
    this.url = url
  }
}
