import { ArmFailure } from '../../../src/arm/arm-failure.ts'
import type { ArmHost, ArmProcess } from '../../../src/arm/arm-host.ts'
import { LoadStopped } from '../../../src/arm/load-stopped.ts'
import type { ArmReply, ArmRequest } from '../../../src/arm/messages.ts'

/** What a host answers, by what it is asked; of several processes the same. Rejects like any host where it throws. */
export type AnswerTable = {
  readonly [Kind in ArmRequest['kind']]?: (request: Extract<ArmRequest, { kind: Kind }>) => ArmReply
}

/** One thing that was done to a host, in order. */
export type HostCall =
  | { readonly process: number; readonly did: 'open'; readonly processes: number }
  | { readonly process: number; readonly did: 'ask'; readonly request: ArmRequest; readonly timeoutMs: number }
  | { readonly process: number; readonly did: 'end' }

/** A host in memory that answers from a table. Everything that crosses is copied as it would be for another machine. */
export function makeTableHost(table: AnswerTable): { readonly host: ArmHost; readonly calls: HostCall[] } {
  const calls: HostCall[] = []
  let opened = 0
  const open = (processes: number): ArmProcess => {
    const process = opened++
    calls.push({ process, did: 'open', processes })
    const end = async () => void calls.push({ process, did: 'end' })
    const ask = async (request: ArmRequest, { timeoutMs }: { readonly timeoutMs: number }) => {
      calls.push({ process, did: 'ask', request: structuredClone(request), timeoutMs })
      const answer = table[request.kind] as ((request: ArmRequest) => ArmReply) | undefined
      const reply = structuredClone(answer?.(structuredClone(request)) ?? noReply(request))
      if (reply.kind === 'failed') throw new ArmFailure(reply.message)
      if (reply.kind === 'stopped') throw new LoadStopped(reply.message)
      return reply
    }
    return { ask: ask as ArmProcess['ask'], printedBytes: () => 0, kill: end, [Symbol.asyncDispose]: end }
  }
  return { host: { open }, calls }
}

function noReply({ kind }: ArmRequest): ArmReply {
  return { kind: 'failed', message: `the table has no answer to '${kind}'` }
}
