import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BenchError } from '../bench-error.ts'
import { keepStderrTail, stderrTailLength } from '../stderr-tail.ts'
import type { ArmReply, ArmReplyTo, ArmRequest } from './messages.ts'

/** An arm process that crashed, hung, or said that it failed; the message carries the tail of its stderr. */
export class ArmFailure extends BenchError {
  override readonly name = 'ArmFailure'

  constructor(message: string) {
    super('ARM_FAILED', message)
  }
}

/** The parent's side of an arm process. */
export interface ArmProcess extends AsyncDisposable {
  /** Sends one request and resolves to its reply; rejects with ArmFailure, after which the process is gone. */
  ask<Kind extends ArmRequest['kind']>(
    request: Extract<ArmRequest, { kind: Kind }>,
    options: { readonly timeoutMs: number },
  ): Promise<ArmReplyTo<Kind>>
  /** Ends the process at once. */
  kill(): Promise<void>
}

export interface ArmProcessOptions {
  /** Gets every line that the scenario prints, from stdout and stderr. */
  readonly onOutput?: (line: string) => void
  /** Ends the process when it aborts. */
  readonly signal?: AbortSignal
}

const entry = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './process.ts' : './process.js', import.meta.url))
const closeTimeoutMs = 3_000

/** Starts a fresh process for arms. Throws the signal's reason when it has aborted already. */
export function openArmProcess({ onOutput, signal }: ArmProcessOptions = {}): ArmProcess {
  signal?.throwIfAborted()
  const child = fork(entry, [], {
    serialization: 'advanced',
    // The last one ends when this process does: the arm process watches it (watch-parent.mjs).
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    // Type stripping warns on older Nodes, and for files in folders without "type"; neither is news to a scenario author.
    execArgv: ['--disable-warning=ExperimentalWarning', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
    // A terminal's Ctrl-C goes to its whole process group; arms are ended in order by their supervisor instead.
    detached: true,
  })
  const stderrTail = keepStderrTail(child)
  passLinesOn(child, onOutput)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  const onAbort = () => void kill()
  signal?.addEventListener('abort', onAbort, { once: true })
  void ended.then(() => signal?.removeEventListener('abort', onAbort))

  const ask: ArmProcess['ask'] = async (request, { timeoutMs }) => {
    try {
      return (await exchange(child, request, timeoutMs)) as never
    } catch (error) {
      await kill()
      signal?.throwIfAborted()
      throw new ArmFailure(`${(error as Error).message}${stderrTail()}`)
    }
  }
  return {
    ask,
    kill,
    async [Symbol.asyncDispose]() {
      if (child.connected) await ask({ kind: 'close' }, { timeoutMs: closeTimeoutMs }).catch(() => {})
      await kill()
    },
  }
}

function exchange(child: ChildProcess, request: ArmRequest, timeoutMs: number): Promise<ArmReply> {
  const what = 'arm' in request ? `${request.kind} of '${request.arm}'` : request.kind
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => finish(new Error(`the arm process did not end its ${what} within ${timeoutMs / 1_000} s (hung)`)),
      timeoutMs,
    )
    const onMessage = (reply: ArmReply) => finish(reply.kind === 'failed' ? new Error(reply.message) : reply)
    // 'close' comes after 'exit' and after the last of stderr, which the report wants.
    const onClose = (code: number | null, signalName: string | null) =>
      finish(new Error(`the arm process ended during its ${what} (${signalName ?? `exit code ${code}`})`))
    const onError = (error: Error) => finish(error)
    const finish = (result: ArmReply | Error) => {
      clearTimeout(timer)
      child.off('message', onMessage).off('close', onClose).off('error', onError)
      if (result instanceof Error) reject(result)
      else resolve(result)
    }
    child.on('message', onMessage).on('close', onClose).on('error', onError)
    if (child.exitCode !== null || child.signalCode !== null) onClose(child.exitCode, child.signalCode)
    else child.send(request, (error) => error && onError(error))
  })
}

function passLinesOn(child: ChildProcess, onOutput: ((line: string) => void) | undefined): void {
  for (const stream of [child.stdout, child.stderr]) {
    let partial = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (partial + text).split('\n')
      partial = (lines.pop() ?? '').slice(-stderrTailLength)
      for (const line of lines) onOutput?.(line)
    })
  }
}
