import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

// Debian's python3-httpbin is written for Debian's own Python, which need not be the first one on the path.
const python = '/usr/bin/python3'
const code = `
import sys
from httpbin import app
from werkzeug.serving import make_server
server = make_server('127.0.0.1', 0, app, threaded=True)
print(server.port, flush=True)
import threading
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
`

/** Whether python3-httpbin is installed. */
export function hasOracle(): boolean {
  return spawnSync(python, ['-c', 'import httpbin'], { stdio: 'ignore' }).status === 0
}

/** The original httpbin, as a process; it ends with its standard input. */
export async function startOracle(): Promise<{ url: string; process: ChildProcess }> {
  const process = spawn(python, ['-W', 'ignore', '-c', code], { stdio: ['pipe', 'pipe', 'ignore'] })
  const [port] = await once(process.stdout, 'data')
  return { url: `http://127.0.0.1:${String(port).trim()}`, process }
}
