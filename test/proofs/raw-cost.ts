import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { issueCertificate } from '../../fixtures-server/issue-certificate.ts'
import { freePort, isInstalled, startProgram } from '../integration/session/debian-servers.ts'
import type { GeneratorRun } from './raw-cost-client.ts'

// What a request costs the raw engine, beside what costs least and what others use: `npm run prove:raw -- [repetitions]`.
// GET of 100 bytes over 50 connections against nginx, which has the second core; every run is a process of its own on the
// first, warm, then loaded for a second and a half; repetitions are interleaved in changing order, figures are medians.
// What pipelining saves is measured against the fixture server: nginx writes each answer by itself.
// wrk, where it is installed, is measured from outside, its start included. Exits with 1 when a goal is missed.

const run = promisify(execFile)
const lengthMs = 1_500
const client = fileURLToPath(new URL('raw-cost-client.ts', import.meta.url))

/** Ratio of CPU time per request, and the most that it may be. */
const goals = [
  { arm: 'raw', over: 'wrk', most: 1.5 },
  { arm: 'raw', over: 'autocannon', most: 0.75 },
  { arm: 'raw-tls', over: 'bare-tls', most: 1.15 },
  { arm: 'raw-close', over: 'bare-close', most: 1.15 },
  { arm: 'raw-8', over: 'raw-own', most: 1 / 3 },
] as const

const [, , repetitions = '9'] = process.argv
if (!isInstalled('nginx', 'nginx-light')) process.exit(2)
const hasWrk = isInstalled('wrk', 'wrk')
const arms = [
  ...['bare', 'raw', 'autocannon', 'raw-own', 'raw-8', 'bare-close', 'raw-close', 'bare-tls', 'raw-tls', 'raw-open'],
  ...(hasWrk ? ['wrk'] : []),
]
const [port, tlsPort] = [await freePort(), await freePort()]
const { cert, key, ca } = await makeCredentials()
await using server = await startProgram(
  (folder) => [...onCore(1), 'nginx', '-p', folder, '-c', `${folder}/c`, '-g', 'daemon off;'],
  { port, files: (folder) => ({ c: configOf(folder), 'cert.pem': cert, 'key.pem': key, 'ca.pem': ca }) },
)
using fixture = await startFixture()
const ofFixture = new Set(['raw-own', 'raw-8'])
const seen = new Map<string, GeneratorRun[]>(arms.map((arm) => [arm, []]))
for (let repetition = 0; repetition < Number(repetitions); repetition++) {
  const turned = arms.map((_, index) => arms[(index + repetition) % arms.length] as string)
  for (const arm of repetition % 2 === 0 ? turned : turned.toReversed()) seen.get(arm)?.push(await measure(arm))
}
printTable()
process.exitCode = printGoals() ? 0 : 1

async function startFixture(): Promise<{ readonly http: string } & Disposable> {
  const entry = fileURLToPath(new URL('../../src/cli/sessionbench.mjs', import.meta.url))
  const [program, ...rest] = [...onCore(1), process.execPath, entry, 'serve', '--format', 'json']
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [told] = (await once(child.stdout, 'data')) as [Buffer]
  const { http } = JSON.parse(String(told)) as { readonly http: string }
  return { http, [Symbol.dispose]: () => void child.kill('SIGINT') }
}

async function makeCredentials() {
  const inTime = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) }
  const ca = await issueCertificate({ commonName: 'sessionbench proof', use: 'authority', ...inTime })
  const hosts = ['localhost', '127.0.0.1']
  const own = await issueCertificate({ commonName: 'localhost', use: 'server', hosts, ca, ...inTime })
  return { cert: own.cert, key: own.key, ca: ca.cert }
}

function configOf(folder: string): string {
  const location = `location / { return 200 "${'x'.repeat(100)}"; }`
  return `
worker_processes 1; pid ${folder}/pid; error_log ${folder}/logs/error.log;
events { worker_connections 2048; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; default_type application/octet-stream;
  server { listen 127.0.0.1:${port}; ${location} }
  server { listen 127.0.0.1:${tlsPort} ssl; ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem; ${location} }
}
`
}

/** Words before a command that keep it on one core, where that is possible. */
function onCore(core: number): [string, ...string[]] {
  const possible = availableParallelism() > 1 && isInstalled('taskset', 'util-linux')
  return possible ? ['taskset', '-c', String(core)] : ['env']
}

async function measure(arm: string): Promise<GeneratorRun> {
  if (arm === 'wrk') return measureWrk()
  const url = arm.endsWith('-tls')
    ? `https://127.0.0.1:${tlsPort}/`
    : ofFixture.has(arm)
      ? `${fixture.http}/bytes/100`
      : `http://127.0.0.1:${port}/`
  // A pacer that shares its core is late for that.
  const place = arm === 'raw-open' ? (['env'] as const) : onCore(0)
  const [program, ...rest] = [...place, process.execPath, client, arm, url, String(lengthMs)]
  const { stdout } = await run(program, [...rest, `${server.folder}/ca.pem`])
  return JSON.parse(stdout) as GeneratorRun
}

async function measureWrk(): Promise<GeneratorRun> {
  const script = `TIMEFORMAT='%U %S %R'; time ${onCore(0).join(' ')} wrk -t1 -c50 -d2s http://127.0.0.1:${port}/`
  const { stdout, stderr } = await run('bash', ['-c', script])
  const [user = 0, system = 0, wall = 0] = stderr.trim().split(' ').map(Number)
  const [, requests] = /(\d+) requests in/.exec(stdout) ?? []
  return { requests: Number(requests), failed: 0, wallMs: wall * 1_000, cpuUs: (user + system) * 1e6 }
}

function costsOf(arm: string): number[] {
  return (seen.get(arm) ?? []).map(({ cpuUs, requests }) => cpuUs / requests)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [below, above] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]]
  return ((below ?? Number.NaN) + (above ?? Number.NaN)) / 2
}

function write(values: readonly number[], digits = 2): string {
  const ends = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits))
  return `${median(values).toFixed(digits)} (${ends.join('–')})`
}

function printTable(): void {
  console.log(`generator     requests/s  CPU µs/request (${repetitions} runs)   failed`)
  for (const arm of arms) {
    const runs = seen.get(arm) ?? []
    const rate = median(runs.map(({ requests, wallMs }) => (requests * 1_000) / wallMs)).toFixed(0)
    const failed = runs.reduce((sum, one) => sum + one.failed, 0)
    console.log(`${arm.padEnd(12)} ${rate.padStart(11)}  ${write(costsOf(arm)).padEnd(24)} ${failed}`)
  }
}

function printGoals(): boolean {
  const isKept = goals.map(({ arm, over, most }) => {
    if (!arms.includes(over)) {
      console.log(`not measured: ${arm} ≤ ${most.toFixed(2)} × ${over}`)
      return true
    }
    const theirs = costsOf(over)
    const ratios = costsOf(arm).map((cost, repetition) => cost / (theirs[repetition] as number))
    const isMet = median(ratios) <= most
    console.log(`${isMet ? 'met   ' : 'MISSED'} ${arm} ≤ ${most.toFixed(2)} × ${over}: ${write(ratios)}`)
    return isMet
  })
  const open = seen.get('raw-open') ?? []
  const [late, idle] = [open.map(({ lateP99Us = 0 }) => lateP99Us), open.map(({ idleLateP99Us = 0 }) => idleLateP99Us)]
  const most = Math.max(1_000, 1.2 * median(idle))
  const isTimely = median(late) <= most && open.every(({ failed }) => failed === 0)
  const cores = open.map(({ cpuUs, wallMs }) => cpuUs / 1_000 / wallMs)
  const words = `40,000/s: p99 ${write(late, 0)} µs late, a pacer alone ${write(idle, 0)}, ${write(cores)} cores`
  console.log(`${isTimely ? 'met   ' : 'MISSED'} an open loop of ${words}`)
  return isTimely && isKept.every(Boolean)
}
