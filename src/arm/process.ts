// The child process that arms live in. It does what the supervisor asks, one request at a time, and sleeps in between.
import { readSync } from 'node:fs'
import { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { noReach } from '../plan/reach.ts'
import { wholeShard } from '../plan/shard.ts'
import { hostsOf } from '../plan/target-address.ts'
import { systemClock } from '../probe/clock.ts'
import { openPhaseTracer } from '../probe/phase-tracer.ts'
import { shareReach } from '../probe/thread-reach.ts'
import { watchReach } from '../probe/watch-reach.ts'
import { watchStatuses } from '../probe/watch-statuses.ts'
import { openWireProbe } from '../probe/wire-probe.ts'
import { checkPackagesUsed, listFallbacks, loadScenario } from '../scenario/load.ts'
import { keyBytes, openChannel } from './channel.ts'
import { killGroup } from './kill-group.ts'
import { type ArmReply, type ArmRequest, nameRequest } from './messages.ts'
import { type OpenArms, openArms } from './open-arms.ts'
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

// Before the scenario is imported, so that no client can open a socket unseen.
const probe = openWireProbe()
const statuses = watchStatuses()
/** What clients are kept from going where they may not; a module that is only imported has no target. */
let watched: { readonly kind: 'open' | 'describe'; end(): void } | undefined
let isAsked = false
/** All is done, and the supervisor sees to what is left. */
let isClosed = false
/** Load was stopped, and that said: nothing more is. */
let isStopped = false
// A tuning opens arms as it finds out which ones it wants; each request adds some.
const groups: OpenArms[] = []

async function answer(request: ArmRequest): Promise<ArmReply> {
  switch (request.kind) {
    case 'describe': {
      watchOnce(request)
      const { description: scenario } = await loadScenario(request.scenarioUrl, request.imports)
      return { kind: 'described', scenario, fallbacks: listFallbacks() }
    }
    case 'open': {
      watchOnce(request)
      const tracer = request.phases ? openPhaseTracer(systemClock) : undefined
      const scenario = await loadScenario(request.scenarioUrl, request.imports)
      const arms = await openArms(scenario, request, { probe, tracer, statuses })
      groups.push(arms)
      checkPackagesUsed()
      return { kind: 'opened' }
    }
    case 'block':
      return { kind: 'block', ...(await opened(request.arm).runBlock(request)) }
    case 'certify':
      // The engine opens a probe of its own where it measures with one.
      probe.close()
      statuses.close()
      return { kind: 'certified', result: await opened(request.arm).certify(request.arm, request.task) }
    case 'close':
      for (const arms of groups.splice(0)) await arms.close()
      return { kind: 'closed' }
    default:
      return request satisfies never
  }
}

/** Before the scenario is imported: it may go somewhere at once. */
function watchOnce(request: Extract<ArmRequest, { kind: 'open' | 'describe' }>): void {
  if (watched?.kind === request.kind) return
  watched?.end()
  const { target, reach = noReach, shard = wholeShard } = { target: undefined, shard: wholeShard, ...request }
  const hosts = [...reach.hosts, ...(target === undefined ? [] : hostsOf(target))]
  const maxRate = reach.maxRate / shard.count
  const onStop = (message: string) => {
    // At once: a client whose failure nobody hears ends this process.
    channel.send({ kind: 'stopped', message } satisfies ArmReply)
    isStopped = true
  }
  shareReach({ ...reach, hosts, maxRate })
  const end = watchReach({ ...reach, hosts, maxRate, nowMs: () => systemClock.nowMs(), onStop })
  watched = { kind: request.kind, end }
}

function opened(arm: string): OpenArms {
  const arms = groups.find((group) => group.has(arm))
  if (arms === undefined) throw new Error(`no arm '${arm}' lives in this process`)
  return arms
}

const channel = openChannel(new Socket({ fd: messages }), key, {
  end: 'child',
  onMessage: (request: ArmRequest) => {
    isAsked = true
    if (isStopped) return
    answer(request)
      .catch((error: unknown): ArmReply => ({ kind: 'failed', message: renderFailure(error, nameRequest(request)) }))
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
