import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { keyBytes, openChannel } from './channel.ts'
import { LoadStopped } from './load-stopped.ts'
import { type ArmReply, type ArmRequest, nameRequest } from './messages.ts'

/** The messages to and from an arm process: one request at a time, each with one reply. */
interface ArmLine {
  /** Rejects when the process says that it failed, does not answer in time, or is gone; with LoadStopped when it stopped. */
  ask(request: ArmRequest, timeoutMs: number): Promise<ArmReply>
  /** Whether the process may still answer. */
  isOpen(): boolean
  /** To be told when the process is gone: how it ended, in words. */
  end(fate: string): void
}

interface Asked {
  readonly what: string
  settle(result: ArmReply | Error): void
}

/** Opens the supervisor's end of the line to a process that was just started. */
export function openArmLine(stream: Duplex): ArmLine {
  let asked: Asked | undefined
  /** Why nothing can be asked any more, given what would have been asked. */
  let closed: ((what: string) => Error) | undefined
  const settle = (result: ArmReply | Error) => {
    const { settle } = asked ?? {}
    asked = undefined
    settle?.(result)
  }
  const close = (reason: (what: string) => Error) => {
    closed ??= reason
    if (asked !== undefined) settle(closed(asked.what))
  }
  const key = randomBytes(keyBytes)
  // The child reads it before it imports anything of a scenario.
  stream.write(key)
  const channel = openChannel(stream, key, {
    end: 'supervisor',
    // That load was stopped is said when it is, whether anything was asked or not: its process may end of it.
    onMessage: (reply: ArmReply) =>
      reply.kind === 'stopped' ? close(() => new LoadStopped(reply.message)) : settle(reply),
    onEnd: (error) => error && close(sayIntruded),
  })
  return {
    async ask(request, timeoutMs) {
      const what = nameRequest(request)
      if (closed !== undefined) throw closed(what)
      const reply = await new Promise<ArmReply | Error>((resolve) => {
        const hung = new Error(`the arm process did not end its ${what} within ${timeoutMs / 1_000} s (hung)`)
        const timer = setTimeout(() => settle(hung), timeoutMs)
        asked = {
          what,
          settle(result) {
            clearTimeout(timer)
            resolve(result)
          },
        }
        channel.send(request)
      })
      if (reply instanceof Error) throw reply
      if (reply.kind === 'failed') throw new Error(reply.message)
      return reply
    },
    isOpen: () => closed === undefined,
    end: (fate) => close((what) => new Error(`the arm process ended during its ${what} (${fate})`)),
  }
}

function sayIntruded(what: string): Error {
  return new Error(
    `something in the scenario or its imports wrote to a file descriptor that is the harness's own (3), during the ${what}`,
  )
}
