import { ReadStream, statSync } from 'node:fs'

/** How many bytes a stream of Node's will read of its file; undefined when it reads something else or has begun to. */
export function fileStreamBytes(stream: unknown): number | undefined {
  if (!(stream instanceof ReadStream) || stream.readableDidRead || stream.readableEncoding !== null) return undefined
  const { path, start = 0, end = Number.POSITIVE_INFINITY } = stream as ReadStream & { start?: number; end?: number }
  const file = path ? statSync(path, { throwIfNoEntry: false }) : undefined
  // Files of the kernel's own, as in /proc, have no size before they are read.
  if (file === undefined || !file.isFile() || file.size === 0) return undefined
  return Math.max(Math.min(file.size, end + 1) - start, 0)
}
