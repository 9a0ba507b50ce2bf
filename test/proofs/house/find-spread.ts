import { reachableFrom } from './find-knots.ts'
import type { House } from './open-house.ts'

/** Where the answer to one question is kept. */
export interface Spread {
  readonly question: string
  /** What its commands reach beyond what `run` does: its own files, and those that it shares with another question. */
  readonly beyondRun: readonly string[]
  readonly rooms: readonly string[]
  /** Files that no other command reaches. */
  readonly alone: readonly string[]
}

/** Each question and the commands that ask it. */
const questions: Readonly<Record<string, readonly string[]>> = {
  compare: ['compare'],
  check: ['check', 'baseline'],
  tune: ['tune'],
  calibrate: ['calibrate'],
}
const otherCommands = ['run', 'list', 'report', 'schema', 'serve']

/** The files of src that each question has beside the trunk, types included: what there is to open when it changes. */
export function findSpread({ own }: House): Spread[] {
  const edges = new Map(own.map(({ path, imports }) => [path, imports.map(({ to }) => to)]))
  const rooms = new Map(own.map(({ path, room }) => [path, room]))
  // What the client consists of is no part of a question that uses it.
  const client = reachableFrom(['src/session/index.ts'], edges)
  const reach = (commands: readonly string[]) => {
    const begin = [...edges.keys()].filter((path) => commands.some((command) => isOf(command, path)))
    return [...reachableFrom(begin, edges)].filter((path) => rooms.has(path) && !client.has(path))
  }
  const run = new Set(reach(['run']))
  return Object.entries(questions).map(([question, commands]) => {
    const all = [...Object.values(questions).flat(), ...otherCommands]
    const others = new Set(reach(all.filter((command) => !commands.includes(command))))
    const beyondRun = reach(commands)
      .filter((path) => !run.has(path))
      .toSorted()
    return {
      question,
      beyondRun,
      rooms: [...new Set(beyondRun.map((path) => rooms.get(path) ?? ''))],
      alone: beyondRun.filter((path) => !others.has(path)),
    }
  })
}

/** A command begins in the file that bears its name. */
function isOf(command: string, path: string): boolean {
  return new RegExp(`^src/cli/commands/${command}\\.ts$`).test(path)
}
