import { InvalidArgumentError } from 'commander'
import { UsageError } from '../bench-error.ts'

/** A reader as commander wants it: the option's name is put before what was wrong. */
export function parse<Value>(read: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return read(text)
    } catch (error) {
      if (error instanceof UsageError) throw new InvalidArgumentError(error.message)
      throw error
    }
  }
}
