import { maskUrlsIn } from './session/mask.ts'

/** What went wrong, for programs: each code belongs to one class below or beside the code that throws it. */
export type BenchErrorCode =
  | 'USAGE'
  | 'INVALID_SCENARIO'
  | 'ARM_FAILED'
  | 'LOAD_STOPPED'
  | 'TARGET_SILENT'
  | 'BUDGET_TOO_SHORT'
  | 'FIXTURE_FAILED'
  | 'UNWRITABLE'

/** The base of every error that the harness throws on purpose; its message is for the user. Anything else is a bug. */
export class BenchError extends Error {
  override readonly name: string = 'BenchError'
  readonly code: BenchErrorCode

  constructor(code: BenchErrorCode, message: string, options?: ErrorOptions) {
    super(maskUrlsIn(message), options)
    this.code = code
  }
}

/** The user can mend it: the message says what was expected, what came and what to do. */
export class UsageError extends BenchError {
  override readonly name = 'UsageError'

  constructor(message: string, options?: ErrorOptions) {
    super('USAGE', message, options)
  }
}
