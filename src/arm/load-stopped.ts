import { BenchError } from '../bench-error.ts'

/** Load was stopped for the sake of a server: the target has had enough, or it is not the client's to load. */
export class LoadStopped extends BenchError {
  override readonly name = 'LoadStopped'

  constructor(message: string) {
    super('LOAD_STOPPED', message)
  }
}
