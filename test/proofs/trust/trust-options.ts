import { fileURLToPath } from 'node:url'

/** How much of a proof is run. */
interface TrustOptions {
  readonly isLong: boolean
  /** Instead of the form's own number of runs. */
  readonly runs: number | undefined
  readonly seed: number
}

/** Whether each claim of a part was kept; what was found is printed on the way. */
export type TrustPart = (options: TrustOptions) => Promise<boolean>

export function scenarioPath(name: string): string {
  return fileURLToPath(new URL(`../scenarios/${name}.ts`, import.meta.url))
}

/** Prints one claim with what was found, and hands on whether it was kept. */
export function tell(isKept: boolean, claim: string): boolean {
  console.log(`  ${isKept ? 'kept  ' : 'BROKEN'} ${claim}`)
  return isKept
}
