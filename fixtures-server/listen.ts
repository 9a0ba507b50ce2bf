import { createServer, type Server } from 'node:net'
import { FixtureError } from './fixture-error.ts'

interface Address {
  readonly host: string
  readonly port: number
  /** Several threads may listen on the port; the kernel deals out connections among them. */
  readonly shared?: boolean
}

/** Where a server listens: a host that was given as a name is an address by then, and port 0 a port. */
export interface Bound {
  readonly address: string
  readonly port: number
}

/** Starts to listen; a port that cannot be had is an error that names it. */
export function listen(server: Server, { host, port, shared = false }: Address): Promise<Bound> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen({ host, port, reusePort: shared }, () => {
      server.removeAllListeners('error')
      resolve(server.address() as Bound)
    })
  })
}

/** Fails as `listen` does when somebody has the port, even somebody who would share it. */
export async function ensureFree(host: string, port: number): Promise<void> {
  if (port === 0) return
  const probe = createServer()
  await listen(probe, { host, port })
  await new Promise((resolve) => probe.close(resolve))
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): FixtureError {
  if (cause.code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is in use: stop what listens there, or ask for port 0 to get a free one`
    return new FixtureError('port-in-use', message, { cause })
  }
  return new FixtureError('cannot-listen', `Cannot listen on ${host} port ${port}: ${cause.message}`, { cause })
}
