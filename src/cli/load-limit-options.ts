import type { Command } from 'commander'
import { hostedDefaults } from '../plan/hosted-limits.ts'
import { parse } from './parse.ts'
import { readAbortOn, readInteger, readNumber } from './read-options.ts'

/** Caps that keep someone else's server from harm. */
export function addLoadLimits(command: Command): Command {
  const { ratePerSecond, connections, errorShare } = hostedDefaults
  return command
    .option(
      '--max-rate <n>',
      `no more per second than this (default: ${ratePerSecond} for hosts beside this machine)`,
      parse((text) => readNumber(text, 0.01, 100_000)),
    )
    .option(
      '--max-connections <n>',
      `no more connections than this (default: ${connections} for hosts beside this machine)`,
      parse((text) => readInteger(text, 1, 10_000)),
    )
    .option(
      '--abort-on <condition>',
      `stop when this is so: 'errors>5%' (default: errors>${errorShare * 100}% for hosts beside this machine)`,
      parse(readAbortOn),
    )
}
