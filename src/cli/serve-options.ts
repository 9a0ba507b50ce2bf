import { type Command, Option } from 'commander'
import { controlTokenVariable, fixtureDefaults } from '../../fixtures-server/options.ts'
import { readDuration, readInteger, readRtts } from '../scenario/read-values.ts'
import type { ServeCommandOptions } from './commands/serve.ts'
import { parse } from './parse.ts'

interface ServeFlags {
  readonly host?: string
  readonly port?: number
  readonly httpsPort?: number
  readonly controlPort?: number
  readonly seed?: number
  readonly workers?: number
  readonly idleTimeout?: number
  readonly sessionTickets: boolean
  readonly rtt?: number[]
  readonly controlToken?: string
  readonly caFile?: string
  readonly format: ServeCommandOptions['format']
}

/** Adds the command that runs the fixture server alone. */
export function addServe(program: Command, serve: (options: ServeCommandOptions) => Promise<void>): void {
  const port = parse((text) => readInteger(text, 0, 65_535))
  program
    .command('serve')
    .description('run the bundled fixture server alone and print its addresses, until Ctrl-C')
    .option('--port <n>', 'port of the http listener (default: one that is free)', port)
    .option('--https-port <n>', 'port of the https listener (default: one that is free)', port)
    .option('--control-port <n>', 'port of the control listener: ledger, links (default: one that is free)', port)
    .option('--host <address>', `address to bind (default: ${fixtureDefaults.host})`)
    .addOption(
      new Option(
        '--control-token <secret>',
        'what requests to the control listener must bring: "Authorization: Bearer"',
      ).env(controlTokenVariable),
    )
    .option('--rtt <list>', "also listen behind links with these round-trip times in ms: '20,100'", parse(readRtts))
    .option(
      '--seed <n>',
      `seed of everything random (default: ${fixtureDefaults.seed})`,
      parse((text) => readInteger(text, 0, 2 ** 32 - 1)),
    )
    .option(
      '--workers <n>',
      `threads that serve, with one ledger (default: ${fixtureDefaults.workers})`,
      parse((text) => readInteger(text, 1, 64)),
    )
    .option(
      '--idle-timeout <time>',
      `how long a kept connection may be idle (default: ${fixtureDefaults.idleTimeoutMs / 1_000}s)`,
      parse(readDuration),
    )
    .option('--no-session-tickets', 'give TLS clients nothing to resume a session with')
    .option('--ca-file <file>', 'where to write the CA of the TLS listeners, as PEM (default: a temporary file)')
    .addOption(new Option('--format <format>', 'how to print the addresses').choices(['text', 'json']).default('text'))
    .action((flags: ServeFlags) => {
      const {
        host,
        port,
        httpsPort,
        controlPort,
        seed,
        workers,
        idleTimeout,
        sessionTickets,
        controlToken,
        rtt = [],
        ...rest
      } = flags
      const ports = { http: port, https: httpsPort, control: controlPort }
      const server = { host, seed, workers, idleTimeoutMs: idleTimeout, sessionTickets, controlToken, ports }
      return serve({ server, rttsMs: rtt, ...rest })
    })
}
