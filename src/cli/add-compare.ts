import type { Command } from 'commander'
import { renderExitCodes } from '../document/exit-code.ts'
import { wrapText } from '../words/wrap-text.ts'
import { addRecordOptions } from './add-check.ts'
import type { CommandContext } from './command-context.ts'
import { type CompareCommandOptions, compareCommand } from './commands/compare.ts'
import { addMeasureOptions, collect, type MeasureFlags, readMeasureFlags } from './measure-options.ts'

type CompareFlags = MeasureFlags &
  Pick<CompareCommandOptions, 'base' | 'baseSetup'> & {
    readonly variant?: string[]
    readonly tolerance?: CompareCommandOptions['tolerances']
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
export function addCompare(program: Command, { terminal, signal, exit }: CommandContext): void {
  const command = program
    .command('compare')
    .description('compare two versions of the code in one run (--base), or two result files')
    .argument('[what...]', 'with --base scenarios as for run; without it two result files, the earlier one first')
    .option('--base <version>', 'a git ref, a folder or a package (name@version) to compare with')
    .option('--base-setup <command>', "a shell command that makes a checked-out base ready, instead of 'npm ci'")
    .option('--variant <name>', 'only this variant (may be repeated)', collect)
  addRecordOptions(addMeasureOptions(command, { without: ['isolation'] }))
    .addHelpText('after', help)
    .action(async (names: string[], { base, baseSetup, variant, tolerance, ...flags }: CompareFlags) => {
      const options = { ...readMeasureFlags(flags), base, baseSetup, variants: variant, tolerances: tolerance }
      exit(await compareCommand(names, options, terminal, signal))
    })
}
