import { makeApplication } from './application/application.ts'
import { Http2Application } from './application/http2-application.ts'
import { makeRouter } from './application/router.ts'
import type { Certificates } from './certificates.ts'
import { type ListenerName, listenerNames } from './ledger-snapshot.ts'
import { type Listener, openListener, type TlsOptions } from './listener.ts'
import { routeTable } from './routes/route-table.ts'
import type { ServerState } from './server-state.ts'

export type Listeners = Readonly<Record<ListenerName, Listener>>

/** Opens every listener, or none. */
export async function openListeners(state: ServerState, certificates: Certificates): Promise<Listeners> {
  const { options } = state
  const shared = { state, router: makeRouter(routeTable) }
  const parts = { ...shared, application: makeApplication(shared), http2: new Http2Application(shared) }
  const tls: Readonly<Record<ListenerName, TlsOptions | undefined>> = {
    http: undefined,
    https: certificates.leaf,
    h2: { ...certificates.leaf, onlyHttp2: true },
    expired: certificates.expired,
    wrongHost: certificates.wrongHost,
    selfSigned: certificates.selfSigned,
    clientCertificate: { ...certificates.leaf, clientCa: certificates.ca },
  }
  const opened: Partial<Record<ListenerName, Listener>> = {}
  try {
    for (const name of listenerNames) {
      opened[name] = await openListener(parts, { port: options.ports[name], tls: tls[name] })
    }
    return opened as Listeners
  } catch (error) {
    await closeListeners(Object.values(opened), 0)
    throw error
  }
}

/** Closes listeners, side by side. */
export async function closeListeners(listeners: readonly Listener[], drainMs: number): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close(drainMs)))
}
