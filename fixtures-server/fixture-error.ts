/** What went wrong: stable codes that a caller can switch on. */
export type FixtureErrorCode = 'bad-option' | 'port-in-use' | 'cannot-listen' | 'closed'

/** An error of the fixture server that the caller can mend. */
export class FixtureError extends Error {
  override readonly name = 'FixtureError'
  readonly code: FixtureErrorCode

  constructor(code: FixtureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
