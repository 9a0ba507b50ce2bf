// The child process that arms live in. It does what the supervisor asks, one request at a time, and sleeps in between.
import { readSync } from 'node:fs'
import { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { systemClock } from '../probe/clock.ts'
import { answer } from './answer.ts'
import { ArmHome } from './arm-home.ts'
import { keyBytes, openChannel } from './channel.ts'
import { killGroup } from './kill-group.ts'
import { type ArmReply, type ArmRequest, nameRequest } from './messages.ts'
import { renderFailure } from './render-failure.ts'

/** The pipes to the supervisor, after stdin, stdout and stderr: for messages, and to be watched. */
const [messages, supervisor] = [3, 4]
// A scenario may block the event loop for ever; the end of the messages would never be heard then.
new Worker(new URL('./watch-parent.mjs', import.meta.url), { workerData: { fd: supervisor } }).unref()

// Read before the scenario is imported, and nowhere else to be found.
const key = Buffer.alloc(keyBytes)
readSync(messages, key)

// What this process was started with is for its threads; programs that the scenario starts shall not begin with it.
process.execArgv = process.execArgv.filter((argument) => !/^--require=.*watch-thread\.[jt]s$/.test(argument))

let isAsked = false
/** All is done, and the supervisor sees to what is left. */
let isClosed = false
/** Load was stopped, and that said: nothing more is. */
let isStopped = false
// Before the scenario is imported.
const home = new ArmHome({
  clock: systemClock,
  env: process.env,
  onStop(message) {
    // At once: a client whose failure nobody hears ends this process.
    channel.send({ kind: 'stopped', message } satisfies ArmReply)
    isStopped = true
  },
})

const channel = openChannel(new Socket({ fd: messages }), key, {
  end: 'child',
  onMessage: (request: ArmRequest) => {
    isAsked = true
    if (isStopped) return
    answer(request, home)
      .catch<ArmReply>((error: unknown) => ({ kind: 'failed', message: renderFailure(error, nameRequest(request)) }))
      .then(say)
  },
  onEnd: () => {
    // The supervisor is gone, or no longer to be understood: nobody else would end what the scenario has started.
    if (!isClosed) killGroup(process.pid)
    process.exit()
  },
})

/** One reply for each request. */
function say(reply: ArmReply): void {
  if (!isAsked || isStopped) return
  isAsked = false
  try {
    channel.send(reply)
  } catch (error) {
    const message = `what the scenario says cannot be handed over: ${renderFailure(error, 'copying')}`
    channel.send({ kind: 'failed', message })
  }
  // Whatever a scenario left open must not keep the process: its work is over.
  if (reply.kind === 'closed') {
    isClosed = true
    channel.close()
  }
}

// Ctrl-C is the supervisor's to decide on; it ends this process by closing the channel.
process.on('SIGINT', () => {})
