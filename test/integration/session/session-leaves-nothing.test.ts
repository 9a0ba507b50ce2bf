import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

it('a session that is closed leaves no timer, socket or listener, whatever became of its calls', async () => {
  const script = fileURLToPath(new URL('leave-nothing.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  const ways = ['http/1.1', 'pipelined', 'tls', 'h2', 'forward', 'connect', 'socks']
  expect(stdout.trim().split('\n')).toEqual(ways.map((way) => `${way}: []`))
})
