import type { Server } from 'node:net'
import { FixtureError } from './fixture-error.ts'

/** Starts to listen; a port that cannot be had is an error that names it. */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      resolve((server.address() as { port: number }).port)
    })
  })
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): FixtureError {
  if (cause.code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is in use: stop what listens there, or ask for port 0 to get a free one`
    return new FixtureError('port-in-use', message, { cause })
  }
  return new FixtureError('cannot-listen', `Cannot listen on ${host} port ${port}: ${cause.message}`, { cause })
}
