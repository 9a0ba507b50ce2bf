import type { ChildProcess } from 'node:child_process'

/** As much of what a process said last as helps to see why it failed. */
export const stderrTailLength = 4_000

/** Keeps the last of a child's stderr; the returned function gives it as words to put behind a failure, '' when there is none. */
export function keepStderrTail(child: Pick<ChildProcess, 'stderr'>): () => string {
  let tail = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-stderrTailLength)
  })
  return () => (tail.trim() === '' ? '' : `\nits stderr ended with:\n${tail.trim()}`)
}
