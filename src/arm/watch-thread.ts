// Every worker thread of an arm process begins with this: sockets are watched in the thread that they are opened in. So does
// the process itself, where nothing is loaded yet: it watches by itself, once it knows where clients may go.
import { createRequire } from 'node:module'
import { isMainThread } from 'node:worker_threads'

if (!isMainThread) {
  const require = createRequire(import.meta.url)
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const { watchThread } = require(`../probe/watch-thread.${extension}`) as typeof import('../probe/watch-thread.ts')
  watchThread()
}
