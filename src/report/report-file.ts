import type { ListedArm } from './list-arms.ts'

/** A file that a report is made of, named within the report's folder. */
export interface ReportFile {
  readonly name: string
  readonly text: string
}

/** A name made of words that any file system, shell and log format takes as it is: letters, digits, `-` and `.`. */
export function makeArmName({ scenario, comparison, arm }: ListedArm): string {
  return [scenario.name, comparison.id, arm.id].map(makeWord).join('.')
}

const longestWord = 60

function makeWord(text: string): string {
  const word = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longestWord)
    .replaceAll(/^-|-$/g, '')
  return word === '' ? 'unnamed' : word
}
