export type { FaultPlan } from './faults.ts'
export { FixtureError, type FixtureErrorCode } from './fixture-error.ts'
export type { FixtureLink, FixtureServer, FixtureUrls } from './fixture-server.ts'
export type { Credentials } from './issue-certificate.ts'
export type { Law, LawName } from './law.ts'
export {
  type LedgerSnapshot,
  type ListenerCounts,
  type ListenerName,
  listenerNames,
  type ProxyCounts,
  type ProxyName,
  proxyNames,
} from './ledger-snapshot.ts'
export type { LinkOptions } from './link/link-options.ts'
export type { LinkShape } from './link/link-shape.ts'
export { type FixtureOptions, type FixturePorts, fixtureDefaults } from './options.ts'
export type { ProxyCredentials } from './proxy/proxy.ts'
export type { LoggedRequest } from './request-log.ts'
export { startFixtureServer } from './start-fixture-server.ts'
