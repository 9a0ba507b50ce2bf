import { type ProxyName, proxyNames } from '../ledger-snapshot.ts'
import type { ResolvedFixtureOptions } from '../options.ts'
import { openForwardProxy } from './forward-proxy.ts'
import type { ProxyCredentials, ProxyOptions, RunningProxy } from './proxy.ts'
import { openSocksProxy } from './socks-proxy.ts'

export type Proxies = Readonly<Record<ProxyName, RunningProxy>>

/** What the proxies that ask for credentials want. */
export const proxyCredentials: ProxyCredentials = Object.freeze({ user: 'user', password: 'secret' })

/** Opens every proxy, or none. */
export async function openProxies(
  { host, ports, headTimeoutMs }: ResolvedFixtureOptions,
  addressOf: ProxyOptions['addressOf'],
): Promise<Proxies> {
  const opened: Partial<Record<ProxyName, RunningProxy>> = {}
  try {
    for (const name of proxyNames) {
      const open = name.startsWith('socks') ? openSocksProxy : openForwardProxy
      const credentials = name.endsWith('Auth') ? proxyCredentials : undefined
      opened[name] = await open({ host, port: ports[name], headTimeoutMs, credentials, addressOf })
    }
    return opened as Proxies
  } catch (error) {
    await closeProxies(Object.values(opened))
    throw error
  }
}

/** Closes proxies, side by side. */
export async function closeProxies(proxies: readonly RunningProxy[]): Promise<void> {
  await Promise.all(proxies.map((proxy) => proxy.close()))
}
