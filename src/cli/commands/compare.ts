import type { Command } from 'commander'
import { UsageError } from '../../bench-error.ts'
import { makeCheck } from '../../check/make-check.ts'
import { readRecord } from '../../check/read-record.ts'
import { tellComparison } from '../../compare/compare.ts'
import { type ExitCode, renderExitCodes } from '../../document/exit-code.ts'
import { wrapText } from '../../words/wrap-text.ts'
import { deliverCheck, notePart, planCheckReports } from '../check-reports.ts'
import type { CommandContext, ProgramContext } from '../command-context.ts'
import { addGateFlags, type GateRequest } from '../gate-flags.ts'
import { addMeasureFlags } from '../measure-flags.ts'
import { flagNamed, repeatable } from '../option-flags.ts'
import { type RunRequest, run } from './run.ts'

interface CompareRequest extends RunRequest, GateRequest {
  readonly base?: string | undefined
  readonly baseSetup?: string | undefined
  readonly variants?: readonly string[] | undefined
}

const help = `
With --base two versions of the code run side by side, block by block, each in processes of its own: the only safe gate on
time. The base is
  a git ref     --base main         the scenario's project as it is there; its dependencies are installed as its lockfile says
  a folder      --base ../other     another copy of the project, or a package
  a package     --base undici@7     the same scenario with another version of what it imports
Counters per request (connections, handshakes, requests, bytes) are compared exactly, and decide from the first block on.
It is kept in $XDG_CACHE_HOME/sessionbench/bases (else ~/.cache/sessionbench/bases), which may be removed at any time.

Without --base two files are compared that run --out or baseline save wrote. Counters are compared exactly, CPU time per request
where machine and versions are the same; times are shown, and never a gate.

${wrapText(`Exit codes: ${renderExitCodes('compare')}.`, 136)}`

/** Adds `compare`: two versions of the code, or two result files. */
export function addCompare(program: Command, context: ProgramContext): void {
  const command = program
    .command('compare')
    .description('compare two versions of the code in one run (--base), or two result files')
    .argument('[what...]', 'with --base scenarios as for run; without it two result files, the earlier one first')
    .option('--base <version>', 'a git ref, a folder or a package (name@version) to compare with')
    .option('--base-setup <command>', "a shell command that makes a checked-out base ready, instead of 'npm ci'")
    .addOption(repeatable(flagNamed('variants', '--variant <name>', 'only this variant (may be repeated)')))
  addGateFlags(addMeasureFlags(command, { without: ['isolation'] }))
    .addHelpText('after', help)
    .action(async (names: string[], flags: Omit<CompareRequest, 'names'>) => {
      context.exit(await compare({ names, ...flags }, context))
    })
}

/** Compares two versions of the code where a base is given, else two result files. */
async function compare(
  { base, baseSetup, variants, tolerances, ...request }: CompareRequest,
  context: CommandContext,
): Promise<ExitCode> {
  if (base === undefined) return compareFiles({ ...request, tolerances }, context)
  return run(request, context, (names, { isolation: _, ...options }) =>
    tellComparison(names, { ...options, base, baseSetup, variants, tolerances }),
  )
}

/** Compares two files, each results or a baseline: counters and CPU time per request gate as in `check`. */
export async function compareFiles(
  { names, inconclusive, tolerances, ...asked }: GateRequest & { readonly names: readonly string[] },
  { terminal }: Pick<CommandContext, 'terminal'>,
): Promise<ExitCode> {
  const [first, second, ...rest] = names
  if (first === undefined || second === undefined || rest.length > 0) {
    throw new UsageError('expected two result files, the earlier one first; or --base to compare versions of the code')
  }
  const plan = await planCheckReports(asked, terminal, { inputs: [first, second], of: 'files' })
  const [earlier, later] = [await readRecord(first), await readRecord(second)]
  notePart(first, earlier, terminal)
  notePart(second, later, terminal)
  const check = makeCheck(earlier, later, { tolerances, policies: { inconclusive }, isGatedByThresholds: false })
  await deliverCheck(check, plan, terminal)
  return check.exitCode
}
