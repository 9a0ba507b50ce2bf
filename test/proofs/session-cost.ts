import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { freePort, isInstalled, startProgram } from '../integration/session/debian-servers.ts'
import type { Ask, Block } from './session-cost-client.ts'

// What Session costs beside other clients: `node test/proofs/session-cost.ts [generations] [client …]`.
// GET of 1 KiB over http, 50 connections, body read as bytes, against nginx. Every client has a process of its own, warm
// (3 s), and shares the first core with the others while nginx has the second; then rounds of one 100 ms block each in
// changing order. A process keeps what its compiler and its heap happened to become, worth some 15 %: so each generation
// has fresh ones, and a ratio is the median over generations of the median of its rounds.
// `session@/path/of/another/checkout` is that checkout's client beside this one's: what a change costs.

const BLOCK_MS = 100
const WARM_MS = 3_000
const ROUNDS = 8

/** Least ratio to undici's request that issue 3 asks for; `over` names another client to be that many times faster than. */
const GOALS = [
  { arm: 'session', over: 'undici', least: 1 },
  { arm: 'session-cookies', over: 'undici', least: 0.95 },
  { arm: 'session', over: 'fetch', least: 5 },
  { arm: 'session-fetch', over: 'fetch', least: 1.8 },
  { arm: 'session', over: 'got', least: 8 },
  { arm: 'session', over: 'axios', least: 8 },
  { arm: 'session', over: 'node:http', least: 2.5 },
]
const ARMS = [
  'undici',
  'session',
  'session-bare',
  'session-cookies',
  'session-signal',
  'session-fetch',
  'node:http',
  'fetch',
  'ky',
  'got',
  'axios',
]

const nginxConfig = (folder: string, port: number) => `
worker_processes 1; pid ${folder}/pid; error_log ${folder}/logs/error.log;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; default_type application/octet-stream;
  split_clients $request_id $again { 10% "cookie3=value-$msec; Path=/"; * ""; }
  server {
    listen 127.0.0.1:${port};
    location / { return 200 "${'x'.repeat(1024)}"; }
    location /cookies { add_header Set-Cookie $again; return 200 "${'x'.repeat(1024)}"; }
  }
}
`

type Arm = { readonly name: string; readonly child: ChildProcess; readonly blocks: Block[] }

const [, , generations = '6', ...wanted] = process.argv
if (!isInstalled('nginx', 'nginx-light')) process.exit(2)
const port = await freePort()
await using _nginx = await startProgram(
  (folder) => [...onCore(1), 'nginx', '-p', folder, '-c', `${folder}/c`, '-g', 'daemon off;'],
  {
    port,
    files: (folder) => ({ c: nginxConfig(folder, port) }),
  },
)
const names = wanted.length === 0 ? ARMS : ['undici', ...wanted.filter((name) => name !== 'undici')]
const measured: (readonly Arm[])[] = []
for (let generation = 0; generation < Number(generations); generation += 1) {
  measured.push(await measureGeneration(generation))
}
printTable()
printGoals()

async function measureGeneration(generation: number): Promise<readonly Arm[]> {
  const arms = openArms(names)
  try {
    for (const arm of arms) await runBlock(arm, WARM_MS)
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const arm of rotate(arms, round + generation * ROUNDS)) arm.blocks.push(await runBlock(arm, BLOCK_MS))
    }
    return arms
  } finally {
    for (const { child } of arms) child.disconnect()
  }
}

function openArms(names: readonly string[]): readonly Arm[] {
  return names.map((name) => {
    const [client = '', folder] = name.split('@')
    const here = folder === undefined ? import.meta.url : pathToFileURL(`${folder}/test/proofs/`).href
    const file = fileURLToPath(new URL('session-cost-client.ts', here))
    return { name, child: openClient([file, client, `http://127.0.0.1:${port}/`]), blocks: [] }
  })
}

function openClient(args: readonly string[]): ChildProcess {
  const [program, ...rest] = [...onCore(0), process.execPath, ...args]
  return spawn(program, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

/** Words before a command that keep it on one core, where that is possible. */
function onCore(core: number): [string, ...string[]] {
  const possible = availableParallelism() > 1 && isInstalled('taskset', 'util-linux')
  return possible ? ['taskset', '-c', String(core)] : ['env']
}

async function runBlock({ child }: Arm, ms: number): Promise<Block> {
  const ask: Ask = { kind: 'block', ms }
  child.send(ask)
  const [block] = (await once(child, 'message')) as [Block]
  return block
}

/** A different client goes first each time, and every other round runs backwards. */
function rotate(all: readonly Arm[], round: number): readonly Arm[] {
  const turned = all.map((_, index) => all[(index + (round >> 1)) % all.length] as Arm)
  return round % 2 === 0 ? turned : turned.reverse()
}

function perSecond({ requests, wallMs }: Block): number {
  return (requests * 1000) / wallMs
}

type Ratio = (one: Block, other: Block) => number

function bySpeed(one: Block, other: Block): number {
  return perSecond(one) / perSecond(other)
}

/** How much less CPU time a request costs. */
function byCpu(one: Block, other: Block): number {
  return other.cpuUs / other.requests / (one.cpuUs / one.requests)
}

/** The ratio of one client to another in each generation, in ascending order. */
function ratiosOf(ratio: Ratio, one: string, other: string): readonly number[] {
  const perGeneration = measured.map((arms) => {
    const [ours, theirs] = [one, other].map((wanted) => arms.find(({ name }) => name === wanted) as Arm)
    return quantile(
      (ours as Arm).blocks.map((block, round) => ratio(block, (theirs as Arm).blocks[round] as Block)),
      0.5,
    )
  })
  return perGeneration.sort((a, b) => a - b)
}

/** Interpolated, so that the median of an even number leans to neither side. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const at = part * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number]
  return below + (above - below) * (at - Math.floor(at))
}

/** Median (smallest to largest generation). */
function write(ratios: readonly number[]): string {
  const [low, mid, high] = [0, 0.5, 1].map((part) => quantile(ratios, part).toFixed(2))
  return `${mid} (${low}–${high})`
}

function printTable(): void {
  console.log(`client            req/s  CPU µs/req   × undici request (${measured.length} generations)   × by CPU`)
  for (const name of names) {
    const blocks = measured.flatMap((arms) => arms.find((arm) => arm.name === name)?.blocks ?? [])
    const speed = quantile(blocks.map(perSecond), 0.5).toFixed(0).padStart(6)
    const cpuUs = quantile(
      blocks.map((block) => block.cpuUs / block.requests),
      0.5,
    )
    const columns = [bySpeed, byCpu].map((ratio) => write(ratiosOf(ratio, name, 'undici')))
    console.log(
      `${name.padEnd(16)} ${speed}  ${cpuUs.toFixed(1).padStart(10)}   ${columns[0]?.padEnd(34)}   ${columns[1]}`,
    )
  }
}

function printGoals(): void {
  for (const { arm, over, least } of GOALS) {
    if (!names.includes(arm) || !names.includes(over)) continue
    const ratios = ratiosOf(bySpeed, arm, over)
    const verdict = quantile(ratios, 0.5) >= least ? 'met   ' : 'MISSED'
    console.log(`${verdict} ${arm} ≥ ${least} × ${over}: ${write(ratios)}, by CPU ${write(ratiosOf(byCpu, arm, over))}`)
  }
}
