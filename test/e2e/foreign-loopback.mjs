// Preloaded into every process of a run by NODE_OPTIONS: makes 127.0.0.2 somebody else's machine, so that what is done about
// such hosts can be tried without sending anything off this one. It lives outside of the program, which knows no such switch.
import { registerHooks } from 'node:module'

const head = 'export function isLoopback(host: string): boolean {\n'

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith('/fixtures-server/is-loopback.ts')) return loaded
    const source = String(loaded.source)
    if (!source.includes(head)) throw new Error('isLoopback is not to be found where it was')
    return { ...loaded, source: source.replace(head, `${head}  if (host === '127.0.0.2') return false\n`) }
  },
})
