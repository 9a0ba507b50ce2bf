import { type ChildProcess, spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { defineScenario } from 'sessionbench'
import { Session } from 'sessionbench/session'

// Modules that scenarios import believe that the process is theirs: they talk to whoever started it, or end it. The environment
// says what this one does, and when: 'at import: exits', several of them separated by commas.
const wanted = (process.env.MEDDLING ?? '').split(', ').map((each) => each.split(': '))

/** Where the harness and its children talk, after stdin, stdout and stderr. */
const descriptors = [3, 4]

const openHandles = () => (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles()

let started: ChildProcess | undefined
const startProcess = (detached: boolean) => {
  started ??= spawn('sleep', ['300'], { stdio: 'inherit', detached })
  console.log(`started ${started.pid}`)
}

const forgeries = [
  { kind: 'failed', message: 'forged' },
  { kind: 'described', scenario: {} },
  { kind: 'opened' },
  { kind: 'block', block: { succeeded: 1e9 }, startedAtMs: 0, workers: 1 },
  { kind: 'closed' },
  'forged',
  null,
]

/** Its iteration does not end. */
const printMuch = (stream: NodeJS.WriteStream, then: () => unknown) =>
  new Promise(() => stream.write(Buffer.alloc(3_000_000, 'much\n'), then))
/** Nothing else runs in this process any more. */
const hang = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)

const meddlings: Readonly<Record<string, () => unknown>> = {
  'sends messages': () => forgeries.map((forgery) => process.send?.(forgery)),
  'listens for messages': () => process.on('message', () => process.exit(9)).on('disconnect', () => process.exit(9)),
  disconnects: () => process.disconnect?.(),
  'takes all listeners away': () => process.removeAllListeners(),
  prints: () => console.log('forged\n'.repeat(3)),
  'writes to every descriptor': () => {
    for (const descriptor of descriptors) {
      try {
        writeSync(descriptor, Buffer.alloc(64, JSON.stringify(forgeries[0])))
      } catch {}
    }
  },
  exits: () => process.exit(0),
  'prints much and exits': () => printMuch(process.stdout, () => process.exit(0)),
  'prints much and hangs': () => printMuch(process.stderr, hang),
  'throws no error': () => {
    throw 7
  },
  // With its parent's output, as a server under test would be.
  'starts a process': () => startProcess(false),
  'starts a daemon': () => startProcess(true),
  // Of those who look for it: the open handles of a process are no secret.
  'repeats what the harness says': () => {
    for (const handle of openHandles()) {
      if (!(handle instanceof Socket)) continue
      const { write } = handle
      handle.write = ((chunk: Buffer) => write.call(handle, chunk) && write.call(handle, chunk)) as typeof write
    }
  },
}

const meddle = (now: string) =>
  Promise.all(wanted.map(([when, what = '']) => (now === when ? meddlings[what]?.() : undefined)))

const strange = [Symbol('s'), () => {}, new Proxy({}, {}), 1n, new WeakMap(), globalThis]

meddle('at import')
export default defineScenario({
  question: 'What may a module do to the process that it is in?',
  workload: { model: 'closed', concurrency: 2 },
  baseline: 'plain',
  isolation: 'shared',
  variants: {
    plain: ({ target }) => {
      meddle('when made')
      const session = new Session({ baseUrl: target.origin })
      return {
        run: async (signal, { index }) => {
          await meddle('in iterations')
          await session.get('/get', { signal })
          return strange[index % strange.length]
        },
        close: async () => {
          meddle('when closed')
          await session.close()
        },
      }
    },
  },
})
