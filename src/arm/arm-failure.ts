import { BenchError } from '../bench-error.ts'

/** An arm process that crashed, hung, or said that it failed; the message says what it was, and what it said last. */
export class ArmFailure extends BenchError {
  override readonly name = 'ArmFailure'

  constructor(message: string) {
    super('ARM_FAILED', message)
  }
}
