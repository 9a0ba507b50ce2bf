// How fast the fixture server is beside a bare node:http server and nginx, driven by wrk with 50 kept connections, GET
// of 1 KiB, one core each, interleaved; then whether its memory stays flat over a million requests, and what a second
// worker brings where the server is the one that works: bodies from Python's generator, 20 KiB each. Needs Debian's wrk and
// nginx-light; with a C compiler the least that any server can do is measured as well. About three minutes:
// `npm run prove:fixture-speed`. Read the ratios, not the figures.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { LedgerSnapshot } from '../../fixtures-server/ledger-snapshot.ts'

const run = promisify(execFile)
const rounds = Number(process.argv[2] ?? 7)
const seconds = 2
const nginxPort = 18_731
const [serverCore, clientCore] = ['0', '1']
const fixtureMain = fileURLToPath(new URL('../../fixtures-server/main.ts', import.meta.url))

interface Arm {
  readonly name: string
  readonly url: string
  readonly pids: readonly number[]
  readonly headers?: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'fixture-speed-'))
const children: ChildProcess[] = []
try {
  const fixture = start(process.execPath, [fixtureMain])
  const { http: fixtureUrl } = await addressesOf(fixture, 'http')
  const bare = start(process.execPath, ['--input-type=module', '-e', bareServer()])
  const { http: bareUrl } = await addressesOf(bare, 'http')
  const nginxPids = await startNginx()
  const pids = [fixture.pid as number]
  // A header that the lane leaves to the application; the bare server reads it too.
  const headers = ['HTTP2-Settings: -']
  const arms: Arm[] = [
    { name: 'bare node:http', url: bareUrl, pids: [bare.pid as number], headers },
    { name: 'lane, random bytes', url: `${fixtureUrl}/bytes/1024`, pids },
    { name: 'lane, same bytes', url: `${fixtureUrl}/bytes/1024?seed=1`, pids },
    { name: 'application', url: `${fixtureUrl}/bytes/1024`, pids, headers },
    { name: 'nginx', url: `http://127.0.0.1:${nginxPort}/file`, pids: nginxPids },
    ...(await startLeast()),
  ]
  await compare(arms)
  await proveFlatMemory(arms[1] as Arm)
  await compareWorkers()
} finally {
  for (const child of children) child.kill()
  rmSync(folder, { recursive: true })
}

async function compare(arms: readonly Arm[]): Promise<void> {
  const rates = new Map<string, number[]>(arms.map(({ name }) => [name, []]))
  const cpu = new Map<string, number[]>(arms.map(({ name }) => [name, []]))
  for (const arm of arms) await measure(arm)
  for (let round = 0; round < rounds; round++) {
    for (const arm of round % 2 === 0 ? arms : [...arms].reverse()) {
      const { perSecond, cpuUs } = await measure(arm)
      rates.get(arm.name)?.push(perSecond)
      cpu.get(arm.name)?.push(cpuUs)
    }
  }
  console.log('arm                  requests/s  CPU µs  ÷ bare: requests/s  CPU  ÷ nginx: requests/s')
  for (const { name } of arms) {
    const of = (figures: Map<string, number[]>, arm: string) => figures.get(arm) as number[]
    const ratio = (figures: Map<string, number[]>, to: string) =>
      median(of(figures, name).map((value, i) => value / (of(figures, to)[i] as number)))
    const shown = [
      median(of(rates, name)).toFixed(0).padStart(10),
      median(of(cpu, name)).toFixed(1).padStart(7),
      ratio(rates, 'bare node:http').toFixed(2).padStart(12),
      ratio(cpu, 'bare node:http').toFixed(2).padStart(11),
      ratio(rates, 'nginx').toFixed(2).padStart(12),
    ]
    console.log(name.padEnd(20), shown.join(' '))
  }
}

async function measure(
  { url, pids, headers = [] }: Arm,
  cores = clientCore,
): Promise<{ perSecond: number; cpuUs: number; requests: number }> {
  const before = cpuSeconds(pids)
  const fields = headers.flatMap((header) => ['-H', header])
  const { stdout } = await run('taskset', ['-c', cores, 'wrk', '-t1', '-c50', `-d${seconds}s`, ...fields, url])
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: ${stdout}`)
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    cpuUs: ((cpuSeconds(pids) - before) / requests) * 1e6,
    requests,
  }
}

async function proveFlatMemory(arm: Arm): Promise<void> {
  const pid = arm.pids[0] as number
  const seen: string[] = []
  let requests = 0
  for (let next = 200_000; requests < 1_000_000; ) {
    requests += (await measure(arm)).requests
    if (requests < next) continue
    seen.push(`${residentMiB(pid).toFixed(0)} MiB after ${requests}`)
    next += 200_000
  }
  console.log(`resident: ${seen.join(', ')}`)
}

/** On both cores, which wrk shares: it needs little beside bodies that cost the server half a millisecond each. */
async function compareWorkers(): Promise<void> {
  const rates = new Map<number, number[]>([
    [1, []],
    [2, []],
  ])
  const servers = await Promise.all(
    [...rates.keys()].map(async (workers) => {
      const child = start(process.execPath, [fixtureMain, '--workers', String(workers)], `${serverCore},${clientCore}`)
      return { workers, pids: [child.pid as number], ...(await addressesOf(child, 'control')) }
    }),
  )
  let sent = 0
  for (let round = 0; round < rounds; round++) {
    for (const { workers, pids, http } of round % 2 === 0 ? servers : servers.toReversed()) {
      const url = `${http}/stream-bytes/20480?seed=7`
      const { perSecond, requests } = await measure({ name: '', url, pids }, `${serverCore},${clientCore}`)
      rates.get(workers)?.push(perSecond)
      if (workers === 2) sent += requests
    }
  }
  const [one, two] = [rates.get(1), rates.get(2)] as [number[], number[]]
  const gain = median(two.map((rate, round) => rate / (one[round] as number)))
  const { listeners } = (await (await fetch(`${servers[1]?.control}/ledger`)).json()) as LedgerSnapshot
  // What wrk had under way when it stopped was served, and not counted by it.
  const surplus = listeners.http.requests - sent
  console.log(
    `two workers: ${median(two).toFixed(0)}/s, one ${median(one).toFixed(0)}/s: ${gain.toFixed(2)} times as many; their one ledger has the ${sent} that wrk counted and ${surplus} it did not wait for`,
  )
}

function start(command: string, args: string[], cores = serverCore): ChildProcess {
  const child = spawn('taskset', ['-c', cores, command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

/** Where a server says that it listens; it prints the listener that is waited for last of those that are wanted. */
async function addressesOf(child: ChildProcess, last: 'http' | 'control'): Promise<Record<'http' | 'control', string>> {
  let text = ''
  const find = (name: string) => new RegExp(`^${name}\\s+(\\S+)$`, 'm').exec(text)?.[1] ?? ''
  while (find(last) === '') text += String((await once(child.stdout as NodeJS.ReadableStream, 'data'))[0])
  return { http: find('http'), control: find('control') }
}

function bareServer(): string {
  return `import { createServer } from 'node:http'
    const body = Buffer.alloc(1024, 'a')
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length }
    const server = createServer((request, response) => response.writeHead(200, headers).end(body))
    server.listen(0, '127.0.0.1', () => console.log('http http://127.0.0.1:' + server.address().port))`
}

async function startNginx(): Promise<number[]> {
  writeFileSync(join(folder, 'file'), 'a'.repeat(1_024))
  writeFileSync(
    join(folder, 'nginx.conf'),
    `user root; worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/log;
     events { worker_connections 1024; }
     http { access_log off; keepalive_requests 100000000; open_file_cache max=10;
       server { listen 127.0.0.1:${nginxPort}; location / { root ${folder}; } } }`,
  )
  const nginx = start('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder])
  for (;;) {
    const up = await fetch(`http://127.0.0.1:${nginxPort}/file`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (up) break
  }
  const { stdout } = await run('pgrep', ['-P', String(nginx.pid)])
  return [nginx.pid as number, ...stdout.trim().split('\n').map(Number)]
}

/** A C program of a read and a write per request, where there is a compiler: what no server gets past. */
async function startLeast(): Promise<Arm[]> {
  const program = join(folder, 'least-server')
  const source = fileURLToPath(new URL('least-server.c', import.meta.url))
  const isCompiled = await run('cc', ['-O2', '-o', program, source]).then(
    () => true,
    () => false,
  )
  if (!isCompiled) return []
  const least = start(program, [])
  return [{ name: 'least possible (C)', url: (await addressesOf(least, 'http')).http, pids: [least.pid as number] }]
}

function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return Number(fields[11]) + Number(fields[12])
  })
  return ticks.reduce((sum, each) => sum + each, 0) / 100
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
