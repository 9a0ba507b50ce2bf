import type { Lane } from '../call/call.ts'
import { InvalidOption } from '../errors.ts'
import type { RequestTarget } from '../head/target.ts'
import { maskUrl } from '../mask.ts'
import { type ProxiesInput, readProxies } from '../policy/proxy.ts'
import { mergeRetry, NO_RETRY, type RetryOptions } from '../policy/retry.ts'
import type { Transport } from '../wire/transport.ts'
import { UndiciTransport } from '../wire/undici-transport.ts'
import { checkOptions, describeValue } from './check-options.ts'
import { PREFIX_EXPECTED, readPrefix } from './mount-prefix.ts'
import { CHECK_POOL, CHECK_PROXIES, CHECK_RETRY, CHECK_TRANSPORT, CONNECTION_CHECKS } from './session-checks.ts'
import { type PoolOptions, resolvePool, resolveTls, type TlsSettings } from './session-options.ts'

/** How the URLs under one prefix are reached; what is left out has the defaults of a session, not this session's settings. */
export type AdapterOptions = TlsSettings & {
  /** Limits of its own connection pools. @default those of SESSION_DEFAULTS.pool */
  readonly pool?: PoolOptions | undefined
  /** A number is the total. @default 0 */
  readonly retry?: number | RetryOptions | undefined
  /** Explicit proxies. @default none */
  readonly proxies?: ProxiesInput | undefined
  /** As of a session. @default 16_384 */
  readonly maxResponseHeaderBytes?: number | undefined
  /** Instead of the network: any object with the methods of a transport. */
  readonly transport?: Transport | undefined
}

/**
 * A way to reach some URLs: connections, retries, TLS and proxies of its own. The session that it is mounted on closes it.
 * @example session.mount('https://internal.corp/', new Adapter({ ca, pool: { connections: 2 }, retry: 3 }))
 */
export class Adapter {
  // Private, so that no proxy's password shows when a session is printed.
  readonly #lane: Lane

  /** @throws InvalidOption */
  constructor(options: AdapterOptions = {}) {
    const { ca, cert, key, passphrase, verify, allowH2, maxResponseHeaderBytes } = CONNECTION_CHECKS
    const own = { pool: CHECK_POOL, retry: CHECK_RETRY, proxies: CHECK_PROXIES, transport: CHECK_TRANSPORT }
    checkOptions(options, { ca, cert, key, passphrase, verify, allowH2, maxResponseHeaderBytes, ...own }, 'options')
    this.#lane = {
      transport:
        options.transport ?? new UndiciTransport({ pool: resolvePool(options), tls: resolveTls(options), keep: true }),
      retry: mergeRetry(NO_RETRY, options.retry),
      proxies: options.proxies === undefined ? [] : [readProxies(options.proxies)],
    }
  }

  /** What the session's layers use. */
  get lane(): Lane {
    return this.#lane
  }
}

/** The adapters of a session by URL prefix. */
export class Mounts {
  // Longest prefix first.
  readonly #mounted: { readonly prefix: string; readonly adapter: Adapter }[] = []

  /** The number of mounted prefixes. */
  get size(): number {
    return this.#mounted.length
  }

  /** Replaces what was mounted on that prefix. @throws InvalidOption for one that no URL begins with */
  mount(given: string, adapter: Adapter): void {
    if (!(adapter instanceof Adapter))
      throw new InvalidOption([{ path: 'adapter', expected: 'an Adapter', received: describeValue(adapter) }])
    const prefix = readPrefix(given)
    if (prefix === undefined) {
      throw new InvalidOption([{ path: 'prefix', expected: PREFIX_EXPECTED, received: `'${maskUrl(String(given))}'` }])
    }
    this.unmount(prefix)
    this.#mounted.push({ prefix, adapter })
    this.#mounted.sort((one, other) => other.prefix.length - one.prefix.length)
  }

  /** Returns the adapter that was there. */
  unmount(given: string): Adapter | undefined {
    const prefix = readPrefix(given)
    const index = this.#mounted.findIndex((entry) => entry.prefix === prefix)
    return index < 0 ? undefined : this.#mounted.splice(index, 1)[0]?.adapter
  }

  /** The adapter of the longest prefix of the URL. */
  find(target: Pick<RequestTarget, 'href'>): Adapter | undefined {
    const href = target.href.toLowerCase()
    return this.#mounted.find(({ prefix }) => startsWith(href, prefix))?.adapter
  }
}

/** Plain prefixes, but `https://api.test` is not a prefix of `https://api.test.evil`: a host ends where it ends. */
function startsWith(href: string, prefix: string): boolean {
  if (!href.startsWith(prefix)) return false
  if (!/^[a-z]+:\/\/[^/?#]+$/.test(prefix)) return true
  return href.length === prefix.length || /[/:?#]/.test(href.charAt(prefix.length))
}
