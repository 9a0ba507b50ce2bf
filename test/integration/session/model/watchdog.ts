import { Worker } from 'node:worker_threads'

/** How long the event loop may stand still on a busy machine before it is called frozen. */
const FROZEN_MS = 15_000

// It stops the main thread to ask where that is, which works in the middle of a loop too.
const source = `
const { workerData: { beats, text, frozenMs } } = require('node:worker_threads')
const { Session } = require('node:inspector')
const { writeSync } = require('node:fs')
let before = -1
function tell(frames) {
  const noted = Buffer.from(text).subarray(0, Atomics.load(beats, 1))
  writeSync(2, 'The event loop stands still: ' + noted + '\\n' + frames.join('\\n') + '\\n')
  process.kill(process.pid, 'SIGKILL')
}
setInterval(() => {
  const now = Atomics.load(beats, 0)
  if (now === before) {
    const session = new Session()
    session.connectToMainThread()
    session.on('Debugger.paused', ({ params }) =>
      tell(params.callFrames.map(({ functionName, url, location }) => functionName + ' ' + url + ':' + (location.lineNumber + 1))))
    session.post('Debugger.enable')
    session.post('Debugger.pause')
    setTimeout(() => tell(['(not in JavaScript)']), 5000)
  }
  before = now
}, frozenMs)
`

/** Ends the process, with a word on what it was doing, when its event loop no longer turns. */
export class Watchdog implements AsyncDisposable {
  readonly #beats = new Int32Array(new SharedArrayBuffer(8))
  readonly #text = new Uint8Array(new SharedArrayBuffer(64 * 1024))
  readonly #worker: Worker
  readonly #timer: NodeJS.Timeout

  constructor() {
    const workerData = { beats: this.#beats, text: this.#text, frozenMs: FROZEN_MS }
    this.#worker = new Worker(source, { eval: true, workerData })
    this.#timer = setInterval(() => Atomics.add(this.#beats, 0, 1), 20)
  }

  /** What it is to say that was being done. */
  note(what: string): void {
    const bytes = Buffer.from(what).subarray(0, this.#text.length)
    this.#text.set(bytes)
    Atomics.store(this.#beats, 1, bytes.length)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#worker.terminate()
  }
}
