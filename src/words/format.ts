import { counted, grouped } from './counted.ts'
// The only place where figures are scaled, rounded and given words.

/** `12,345`; with one decimal below 100, none of them needed at 0. */
export function formatRate(perSecond: number): string {
  return perSecond < 100 ? trim(perSecond, 1) : grouped(Math.round(perSecond))
}

/** Milliseconds from µs, to three significant digits where they mean something: `0.184`, `20.4`, `1,030`. */
export function formatMs(us: number): string {
  const ms = us / 1_000
  if (ms >= 100) return grouped(Math.round(ms))
  return ms.toFixed(ms >= 10 ? 1 : ms >= 1 ? 2 : 3)
}

/** Whole milliseconds from µs, where no more is known: `≤1`, `23`. */
export function formatWholeMs(us: number): string {
  return us <= 1_000 ? '≤1' : grouped(Math.round(us / 1_000))
}

/** Nanoseconds from µs, to three significant digits where they mean something: `4.21`, `184`, `20,400`. */
export function formatNs(us: number): string {
  const ns = us * 1_000
  if (ns >= 100) return grouped(Math.round(ns))
  return ns.toFixed(ns >= 10 ? 1 : 2)
}

export function formatCount(count: number): string {
  return grouped(count)
}

/** A figure of no certain size, to three significant digits. */
export function formatFigure(value: number): string {
  return Math.abs(value) >= 100 ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)))
}

/** Figures beside each other: to three significant digits, or to the fewest more that tell different ones apart. */
export function formatFigures(values: readonly number[]): string[] {
  for (let digits = 3; ; digits++) {
    const texts = values.map((value) => groupFigure(value, digits))
    if (digits >= 15 || new Set(texts).size === new Set(values).size) return texts
  }
}

function groupFigure(value: number, digits: number): string {
  const whole = Math.trunc(Math.abs(value)) < 1 ? 0 : String(Math.trunc(Math.abs(value))).length
  const [integer = '', decimals] = String(Number(value.toPrecision(Math.min(Math.max(digits, whole), 100)))).split('.')
  return decimals === undefined ? grouped(Number(integer)) : `${grouped(Number(integer))}.${decimals}`
}

/** How many requests a connection carried: `1.00`, `812`; `–` when there was no connection. */
export function formatPerConnection(requests: number, connections: number): string {
  if (connections === 0) return '–'
  const ratio = requests / connections
  return ratio >= 100 ? grouped(Math.round(ratio)) : ratio.toFixed(ratio >= 10 ? 1 : 2)
}

/** `3.1`, `12`: ratios of 1 or more as people say them, all with the fewest decimals that still tell them apart. */
export function formatTimes(ratios: readonly number[]): string[] {
  const leastDecimals = ratios.some((ratio) => ratio < 2) ? 2 : ratios.some((ratio) => ratio < 10) ? 1 : 0
  for (let decimals = leastDecimals; ; decimals++) {
    const texts = ratios.map((ratio) => (decimals === 0 ? grouped(Math.round(ratio)) : ratio.toFixed(decimals)))
    if (decimals >= 2 || new Set(texts).size === new Set(ratios).size) return texts
  }
}

/** A ratio to three significant digits: `0.293`, `1.07`. */
export function formatRatio(ratio: number): string {
  return ratio.toPrecision(3)
}

/** `+4.2`, `−0.8`: per cent with a sign (true minus). */
export function formatSignedPercent(percent: number): string {
  const digits = Math.abs(percent).toFixed(1)
  return `${percent < 0 ? '−' : '+'}${digits}`
}

/** `1.2 %`, `0.03 %`. */
export function formatShare(share: number): string {
  const percent = share * 100
  return `${percent >= 10 ? percent.toFixed(0) : percent === 0 ? '0' : percent.toPrecision(2)} %`
}

/** `1 connection`, `2 connections`. */
export function formatCounted(count: number, noun: string): string {
  const isWhole = Math.abs(count - Math.round(count)) < 0.005
  return isWhole ? counted(Math.round(count), noun) : `${count.toPrecision(2)} ${noun}s`
}

/** `83 s`, `1 min 23 s`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1_000
  if (seconds < 10) return `${trim(seconds, 1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** `250 ms`, `1.25 s`, `90 s`: a length that was asked for, to the millisecond. */
export function formatLength(ms: number): string {
  return ms < 1_000 ? `${trim(ms, 3)} ms` : `${trim(ms / 1_000, 3)} s`
}

/** `55s`: up to the next five seconds, as an option takes it. */
export function formatWholeSeconds(ms: number): string {
  return `${Math.ceil(ms / 5_000) * 5}s`
}

/** `0.041023`: µs in seconds, every digit kept, for programs. */
export function plainSecondsOfUs(us: number): string {
  return String(us / 1_000_000)
}

/** `12.345`: ms in seconds, to the millisecond, for programs. */
export function plainSecondsOfMs(ms: number): string {
  return (ms / 1_000).toFixed(3)
}

/** `41.023`: µs in ms, to the microsecond, for programs. */
export function plainMs(us: number): string {
  return (us / 1_000).toFixed(3)
}

/** `0.412`: µs in ns, to the picosecond, for programs. */
export function plainNs(us: number): string {
  return (us * 1_000).toFixed(3)
}

/** µs in ms, for axes. */
export function msOfUs(us: number): number {
  return us / 1_000
}

/** ms in seconds, for axes. */
export function secondsOfMs(ms: number): number {
  return ms / 1_000
}

function trim(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)))
}
