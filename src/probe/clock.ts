import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'

/** Time as the engine sees it, so that its tests can state latencies instead of waiting for them. */
export interface Clock {
  /** Monotonic time in milliseconds with µs resolution; only differences mean anything. */
  nowMs(): number
  /** Calls `callback` every `intervalMs` until the returned function is called. */
  every(intervalMs: number, callback: () => void): () => void
  /** Waits about this long, in whole milliseconds; mostly a little longer. */
  sleep(ms: number): Promise<unknown>
  /** Lets everything else that is ready run once. */
  yield(): Promise<unknown>
  /** Waits until a time that is near, to within a turn of the event loop, letting everything else that is ready run. */
  spinUntil(atMs: number): Promise<void>
  /** How long all spinning has taken so far, what was done in between left out; only differences mean anything. */
  spunMs(): number
}

/**
 * How long a turn of a spin looks at the clock before it lets others run: an answer is noticed that much later at most.
 * Each turn leaves garbage behind; without this rest the spin alone starts some two hundred collections a second, in the
 * heap of the client that is being measured.
 */
const turnMs = 0.003

/** A turn of the event loop that took no longer than this between two looks at the clock had nothing else to do. */
const quietTurnMs = 0.01

let spunMs = 0

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  every: (intervalMs, callback) => {
    const timer = setInterval(callback, intervalMs)
    timer.unref()
    return () => clearInterval(timer)
  },
  sleep: (ms) => sleep(ms),
  yield: () => nextTurn(),
  spinUntil: (atMs) =>
    new Promise((resolve) => {
      let leftMs = 0
      const turn = () => {
        const beginMs = performance.now()
        let nowMs = beginMs
        while (nowMs < beginMs + turnMs && nowMs < atMs) nowMs = performance.now()
        spunMs += nowMs - (beginMs - leftMs < quietTurnMs ? leftMs : beginMs)
        if (nowMs >= atMs) return resolve()
        leftMs = nowMs
        setImmediate(turn)
      }
      setImmediate(turn)
    }),
  spunMs: () => spunMs,
}

/**
 * Monotonic time of this machine in milliseconds, the same in all its processes (process.hrtime reads the system's monotonic
 * clock, which no time synchronisation sets). Two processes that agree on such a time mean the same instant; each then
 * begins within a turn of its event loop.
 */
export function machineNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** The clock's own time of an instant that is given in the machine's; exact to the µs that reading both takes. */
export function fromMachineMs(clock: Clock, machineMs: number): number {
  return machineMs - machineAheadMs(clock)
}

/** The machine's time of an instant that is given in the clock's own. */
export function toMachineMs(clock: Clock, atMs: number): number {
  return atMs + machineAheadMs(clock)
}

/** Between two readings this process may lose its turn for some ms; hardly in each of a few. */
const readings = 5

/** How far the machine's clock is ahead: read between two looks at the other, where they are least apart. */
function machineAheadMs(clock: Clock): number {
  let [ahead, least] = [0, Number.POSITIVE_INFINITY]
  for (let reading = 0; reading < readings; reading++) {
    const before = clock.nowMs()
    const machine = machineNowMs()
    const apart = clock.nowMs() - before
    if (apart < least) [ahead, least] = [machine - (before + apart / 2), apart]
  }
  return ahead
}

/** Timers are late by up to this much; what is left is spent in turns of the event loop. */
const spinMs = 2

/** Waits until a time, to within a turn of the event loop; returns at once when it is past. */
export async function waitUntil(clock: Clock, atMs: number): Promise<void> {
  for (;;) {
    const leftMs = atMs - clock.nowMs()
    if (leftMs <= 0) return
    if (leftMs > spinMs + 1) await clock.sleep(Math.floor(leftMs - spinMs))
    else await clock.spinUntil(atMs)
  }
}
