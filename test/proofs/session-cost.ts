import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { freePort, isInstalled, startProgram } from '../integration/session/debian-servers.ts'
import type { Ask, Block } from './session-cost-client.ts'

// What Session costs beside other clients: `node test/proofs/session-cost.ts [rounds] [client …]`.
// GET of 1 KiB over http, 50 connections, body read as bytes, against nginx. Every client has a process of its own, warm
// (3 s), and shares the first core with the others while nginx has the second; then rounds of one 100 ms block each in changing order. Ratios are medians of the ratios within a round.

const BLOCK_MS = 100
const WARM_MS = 3_000

/** Least ratio to undici's request that issue 3 asks for; `over` names another client to be that many times faster than. */
const GOALS = [
  { arm: 'session', over: 'undici', least: 1 },
  { arm: 'session-cookies', over: 'undici', least: 0.95 },
  { arm: 'session', over: 'fetch', least: 5 },
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

const [, , rounds = '40', ...wanted] = process.argv
if (!isInstalled('nginx', 'nginx-light')) process.exit(2)
const port = await freePort()
await using _nginx = await startProgram(
  (folder) => [...onCore(1), 'nginx', '-p', folder, '-c', `${folder}/c`, '-g', 'daemon off;'],
  {
    port,
    files: (folder) => ({ c: nginxConfig(folder, port) }),
  },
)
const arms = openArms(wanted.length === 0 ? ARMS : ['undici', ...wanted.filter((name) => name !== 'undici')])
try {
  for (const arm of arms) await runBlock(arm, WARM_MS)
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const arm of rotate(arms, round)) arm.blocks.push(await runBlock(arm, BLOCK_MS))
  }
  printTable(arms)
  printGoals(arms)
} finally {
  for (const { child } of arms) child.disconnect()
}

function openArms(names: readonly string[]): readonly Arm[] {
  const client = fileURLToPath(new URL('session-cost-client.ts', import.meta.url))
  return names.map((name) => ({ name, child: openClient([client, name, `http://127.0.0.1:${port}/`]), blocks: [] }))
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

function ratios(arm: Arm, base: Arm): readonly number[] {
  return arm.blocks.map((block, round) => perSecond(block) / perSecond(base.blocks[round] as Block))
}

/** How much less CPU time a request costs than one of the base client's. */
function cpuRatios(arm: Arm, base: Arm): readonly number[] {
  return arm.blocks.map((block, round) => {
    const other = base.blocks[round] as Block
    return other.cpuUs / other.requests / (block.cpuUs / block.requests)
  })
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.round(part * (sorted.length - 1))] as number
}

function printTable(all: readonly Arm[]): void {
  const base = all[0] as Arm
  console.log('client            req/s  CPU µs/req   × undici request (quartiles)   × by CPU')
  for (const arm of all) {
    const speed = quantile(arm.blocks.map(perSecond), 0.5)
    const cpuUs = quantile(
      arm.blocks.map((block) => block.cpuUs / block.requests),
      0.5,
    )
    const byCpu = quantile(cpuRatios(arm, base), 0.5).toFixed(2)
    const [low, mid, high] = [0.25, 0.5, 0.75].map((part) => quantile(ratios(arm, base), part).toFixed(2))
    console.log(
      `${arm.name.padEnd(16)} ${speed.toFixed(0).padStart(6)}  ${cpuUs.toFixed(1).padStart(10)}   ${`${mid} (${low}–${high})`.padEnd(26)}   ${byCpu}`,
    )
  }
}

function printGoals(all: readonly Arm[]): void {
  for (const { arm, over, least } of GOALS) {
    const one = all.find(({ name }) => name === arm)
    const other = all.find(({ name }) => name === over)
    if (one === undefined || other === undefined) continue
    const ratio = quantile(ratios(one, other), 0.5)
    const byCpu = quantile(cpuRatios(one, other), 0.5).toFixed(2)
    console.log(
      `${ratio >= least ? 'met   ' : 'MISSED'} ${arm} ≥ ${least} × ${over}: ${ratio.toFixed(2)} (by CPU ${byCpu})`,
    )
  }
}
