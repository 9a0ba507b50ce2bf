import * as z from 'zod'
import { UsageError } from '../../bench-error.ts'
import { capDefaults } from '../cap-defaults.ts'
import { headerName, headerValue } from '../header-syntax.ts'
import {
  decimal,
  errorShare,
  hostList,
  httpOrigin,
  type OptionDefinition,
  protocolList,
  rttList,
  targetName,
  whole,
  yesOrNo,
} from '../option.ts'

const noRequests = { micro: 'the micro engine sends no requests' }
const forFixture = {
  with: ['externalOrigin'],
  say: (own: string, target: string) => `${own} is for the bundled fixture server; leave it out with ${target}`,
}

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/

function readCertificate(text: string): string {
  if (certificate.test(text)) return text
  throw new UsageError('expected a file with certificates as PEM (-----BEGIN CERTIFICATE-----), found none in it')
}

/** `Name: value`, one for each time that the flag is given. What is wrong is said without what may be a credential. */
function readHeaders(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [name = '', ...rest] = text.split(':')
  const value = rest.join(':').trim()
  if (rest.length > 0 && headerName.test(name) && headerValue.test(value)) return { ...earlier, [name]: value }
  const got = rest.length === 0 ? 'no colon in it' : `a ${headerName.test(name) ? 'value' : 'name'} that cannot be sent`
  throw new UsageError(`expected a header such as 'Accept-Language: de', got one with ${got}`)
}

/** Where requests go, and how much a server gets at most. */
export const targetOptions = {
  /** One table for each, and each distance. @default the scenario's, else http */
  protocols: {
    ...protocolList,
    flag: '--protocol <list>',
    example: 'http,https',
    help: "http, https, h2, or several: 'http,h2'",
    unset: "the scenario's",
    field: 'target.protocol',
    refusedBy: noRequests,
    refusedValues: {
      raw: { h2: 'the raw engine speaks HTTP/1.1 only' },
      autocannon: { h2: 'autocannon speaks HTTP/1.1 only' },
    },
    conflicts: [forFixture],
  },
  /** Round-trip times that the link adds, in milliseconds, 0 to 10,000. @default the scenario's, else 0 */
  rttsMs: {
    ...rttList,
    flag: '--rtt <list>',
    example: '0,20',
    help: "added round-trip times in ms: '0,20'",
    unset: "the scenario's",
    field: 'target.rttMs',
    refusedBy: noRequests,
    conflicts: [forFixture],
  },
  /** Measures this server instead of the bundled one: scheme, host, port, and the path that all of its URLs begin with. */
  externalOrigin: {
    ...httpOrigin,
    flag: '--target <url>',
    example: 'http://localhost:3000',
    help: 'measure this server instead of the bundled fixture server',
    refusedBy: noRequests,
  },
  /** What the server at `externalOrigin` is called, so that it is known again at another address. @default the scenario's */
  targetName: {
    ...targetName,
    flag: '--target-name <name>',
    example: 'checkout',
    help: 'what --target is called: at another address it is then compared with earlier runs of that name',
    unset: "the scenario's target.name, else the address",
    field: 'target.name',
    refusedBy: noRequests,
    needs: { other: 'externalOrigin', why: 'the bundled server needs no name' },
  },
  /** Hosts beside this machine that clients may reach: the target, redirects, URLs of the scenario's own, proxies. @default none */
  allowedHosts: {
    ...hostList,
    flag: '--allow-target <host>',
    example: 'staging.example.org',
    help: 'a host beside this machine that may be loaded, by --target, a redirect or a URL of the scenario (may be repeated)',
  },
  /** The certificate authority of a target of the user's own, as PEM: for clients that take `target.access`, and in Node's own settings. */
  ca: {
    schema: z.string().regex(certificate, { error: 'expected PEM, with -----BEGIN CERTIFICATE-----' }),
    read: readCertificate,
    isFile: true,
    flag: '--ca <file>',
    example: 'ca.pem',
    help: "trust this certificate authority (PEM) for --target, beside the system's own where a client goes by Node's settings, instead of them where it takes target.access",
    refusedBy: { autocannon: 'autocannon does not verify certificates', ...noRequests },
    needs: { other: 'externalOrigin', why: 'the bundled server is trusted already' },
  },
  /** Connects to a target of the user's own whatever its certificate says, as every report then says in its titles. @default false */
  insecure: {
    ...yesOrNo,
    flag: '--insecure',
    example: '',
    help: 'do not verify the certificate of --target (nor of anything else that clients reach), which every report then says: whoever answers may be somebody else; --ca is better',
    refusedBy: { autocannon: 'autocannon does not verify certificates', ...noRequests },
    conflicts: [
      {
        with: ['ca'],
        say: (own, other) => `${own} verifies nothing, and ${other} says what to verify by; give one of them`,
      },
    ],
    needs: { other: 'externalOrigin', why: 'the bundled server is trusted already' },
  },
  /**
   * Headers for a target of the user's own, by name, in `target.access` for the scenario's clients to send. No report, document or
   * message repeats a value.
   */
  headers: {
    schema: z.record(z.string().regex(headerName), z.string().regex(headerValue)).readonly(),
    read: readHeaders,
    isSecret: true,
    flag: '--header <header>',
    example: 'Authorization: Bearer TOKEN',
    help: "a header for --target, as 'Name: value' (may be repeated; never printed): variants are given it in target.access, and one that does not look there is refused",
    refusedBy: noRequests,
    needs: { other: 'externalOrigin', why: 'the bundled server asks for none' },
  },
  /** Requests per second that no target may get more of, nor another host beside this machine. @default 50 for hosts beside this machine */
  maxRate: {
    ...decimal(0.01, 100_000),
    default: capDefaults.maxRate,
    flag: '--max-rate <n>',
    example: '100',
    help: 'no more per second than this',
    unset: '{default} for hosts beside this machine',
  },
  /** Connections, as `maxRate`. @default 10 for hosts beside this machine */
  maxConnections: {
    ...whole(1, 10_000),
    default: capDefaults.maxConnections,
    flag: '--max-connections <n>',
    example: '20',
    help: 'no more connections than this',
    unset: '{default} for hosts beside this machine',
  },
  /** Share of failed iterations, 0 to 1, above which load stops. @default 0.05 for hosts beside this machine */
  abortOn: {
    ...errorShare,
    default: capDefaults.abortOn,
    flag: '--abort-on <condition>',
    example: 'errors>5%',
    help: "stop when this is so: 'errors>5%'",
    unset: '{default} for hosts beside this machine',
  },
} as const satisfies Record<string, OptionDefinition>
