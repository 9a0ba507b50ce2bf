import { fieldsOf } from './fields-of.ts'

/** What an error says, whichever realm it is from; of anything else that was thrown its text. */
export function messageOf(error: unknown): string {
  const { message } = fieldsOf(error)
  return typeof message === 'string' ? message : String(error)
}

/** The code of an error, such as `ENOENT`; undefined where there is none. */
export function codeOf(error: unknown): string | undefined {
  const { code } = fieldsOf(error)
  return typeof code === 'string' ? code : undefined
}
