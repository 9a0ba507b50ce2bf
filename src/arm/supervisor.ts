import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { sumOf } from '../statistics/sum-of.ts'
import { ArmFailure } from './arm-failure.ts'
import type { ArmProcess, ArmProcessOptions } from './arm-host.ts'
import { openArmLine } from './arm-line.ts'
import { killGroup } from './kill-group.ts'
import { LoadStopped } from './load-stopped.ts'
import { sayPrinted } from './say-printed.ts'
import { keepStderrTail, stderrTailLength } from './stderr-tail.ts'

const pathOf = (name: string) =>
  fileURLToPath(new URL(`${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
const entry = pathOf('./process')
const threadEntry = pathOf('./watch-thread')
const closeTimeoutMs = 3_000
/** The last of stderr is there when a process ends; one that it left behind may hold its output open for ever. */
const drainMs = 1_000

/** What arm processes are started with. */
export interface ProcessSettings {
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** The node that runs them. */
  readonly execPath: string
}

/** Starts a fresh process for arms. Throws the signal's reason when it has aborted already. */
export function openArmProcess(settings: ProcessSettings, { onOutput, signal }: ArmProcessOptions = {}): ArmProcess {
  signal?.throwIfAborted()
  const child = startProcess(settings)
  const line = openArmLine(child.stdio[3] as Duplex)
  const stderrTail = keepStderrTail(child)
  const allPrinted = () => sumOf(outputsOf(child), ({ bytesRead }) => bytesRead)
  let printedBefore = 0
  const printedBytes = () => allPrinted() - printedBefore
  passLinesOn(child, onOutput)
  const ended = whenEnded(child)
  const kill = async () => {
    killGroup(child.pid)
    await ended
  }
  const onAbort = () => void kill()
  signal?.addEventListener('abort', onAbort, { once: true })
  void ended.then((fate) => {
    signal?.removeEventListener('abort', onAbort)
    line.end(fate)
  })

  const ask: ArmProcess['ask'] = async (request, { timeoutMs }) => {
    printedBefore = allPrinted()
    try {
      return (await line.ask(request, timeoutMs)) as never
    } catch (error) {
      await kill()
      signal?.throwIfAborted()
      if (error instanceof LoadStopped) throw error
      throw new ArmFailure(`${(error as Error).message}${sayPrinted(printedBytes())}${stderrTail()}`)
    }
  }
  return {
    ask,
    printedBytes,
    kill,
    async [Symbol.asyncDispose]() {
      if (line.isOpen()) await ask({ kind: 'close' }, { timeoutMs: closeTimeoutMs }).catch(() => {})
      await kill()
    },
  }
}

function outputsOf({ stdout, stderr }: ChildProcess): Socket[] {
  return [stdout, stderr].filter((stream) => stream instanceof Socket)
}

function startProcess({ env, execPath }: ProcessSettings): ChildProcess {
  // Type stripping warns on older Nodes, and for files in folders without "type"; neither is news to a scenario author.
  const quiet = ['--disable-warning=ExperimentalWarning', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON']
  return spawn(execPath, [...quiet, `--require=${threadEntry}`, entry], {
    env,
    // No 'ipc': whatever a scenario's modules send to whoever started their process is not for the harness. The first pipe is
    // for the harness's own messages; the last ends when this process does: the arm process watches it (watch-parent.mjs).
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    // A process group of its own, which ends as a whole. A terminal's Ctrl-C is not for it: arms are ended in order.
    detached: true,
  })
}

/** Resolves to its end in words when a process has ended, the last of its stderr is read, and what it started is killed. */
function whenEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signalName) => {
      killGroup(child.pid)
      const timer = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy()
      }, drainMs)
      child.once('close', () => {
        clearTimeout(timer)
        resolve(signalName ?? `exit code ${code}`)
      })
    })
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
