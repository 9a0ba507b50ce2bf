import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArmProcess, ArmProcessOptions } from '../../../src/arm/arm-host.ts'
import { openArmLine } from '../../../src/arm/arm-line.ts'
import { makeLocalHost } from '../../../src/arm/local-host.ts'

const scenarioUrl = new URL('../../e2e/scenarios/meddling.ts', import.meta.url).href
const timeoutMs = 60_000

let server: Server
let origin = ''
beforeAll(async () => {
  server = createServer((_, response) => response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

function start(meddling: string, options: ArmProcessOptions = {}): ArmProcess {
  return makeLocalHost({ env: { ...process.env, MEDDLING: meddling } }).open(1, options)
}

const open = {
  kind: 'open',
  scenarioUrl,
  arms: [{ id: 'arm', variant: 'plain', params: {} }],
  target: {
    profile: { kind: 'external', protocol: 'http', origin: '', rttMs: 0 },
    origin: '',
    access: {},
    proxies: undefined,
  },
  workload: { model: 'closed', concurrency: 2, iterationTimeoutMs: 5_000 },
  variantPer: 'process',
  seed: 1,
} as const
const block = { kind: 'block', arm: 'arm', durationMs: 20, phase: 'measure', seed: 1 } as const

/** Imports, opens, loads and closes; gives the block. */
async function live(arm: ArmProcess) {
  const { scenario: description } = await arm.ask({ kind: 'describe', scenarioUrl }, { timeoutMs })
  expect(description.name).toBe('meddling')
  await arm.ask({ ...open, target: { ...open.target, origin } }, { timeoutMs })
  const reply = await arm.ask(block, { timeoutMs })
  await arm.ask({ kind: 'close' }, { timeoutMs })
  return reply.block
}

describe('an arm process', () => {
  it.each(['nothing', 'sends messages', 'listens for messages', 'disconnects', 'prints', 'takes all listeners away'])(
    'whose scenario, at all times, does this is asked and answers: %s',
    async (what) => {
      const moments = ['at import', 'when made', 'in iterations', 'when closed']
      const arm = start(moments.map((moment) => `${moment}: ${what}`).join(', '))
      const { succeeded, failed } = await live(arm)
      expect(succeeded).toBeGreaterThan(0)
      // Nor does it matter what iterations return.
      expect(failed).toBe(0)
      await arm[Symbol.asyncDispose]()
    },
  )

  it.each([
    ['at import', 'import of .*meddling.ts'],
    ['when made', "opening of 'plain'"],
    ['in iterations', "block of 'arm'"],
  ])('whose scenario writes where the harness does, %s, is given up, and that is said', async (moment, where) => {
    const arm = start(`${moment}: writes to every descriptor`)
    await expect(live(arm)).rejects.toMatchObject({
      code: 'ARM_FAILED',
      message: expect.stringMatching(
        new RegExp(`^something in the scenario or its imports wrote to .* own \\(3\\), during the ${where}`),
      ),
    })
    await expect(arm.ask(block, { timeoutMs })).rejects.toThrow(/ended|own \(3\)/)
  })

  it.each([
    ['at import', /^the arm process ended during its import of .*meddling.ts \(exit code 0\)/],
    ['when made', /^the arm process ended during its opening of 'plain' \(exit code 0\)/],
    ['in iterations', /^the arm process ended during its block of 'arm' \(exit code 0\)/],
    ['when closed', /^the arm process ended during its closing \(exit code 0\)/],
  ])('whose scenario exits, %s, is gone, and that is said', async (moment, message) => {
    await expect(live(start(`${moment}: exits`))).rejects.toMatchObject({
      code: 'ARM_FAILED',
      message: expect.stringMatching(message),
    })
  })

  it.each([
    ['at import', /^the import of .*meddling\.ts threw 7, which is not an error/],
    ['when made', /^the opening of 'plain' threw 7, which is not an error/],
    ['when closed', /^the closing threw 7, which is not an error/],
  ])('whose scenario throws what is no error, %s, says where and what', async (moment, message) => {
    await expect(live(start(`${moment}: throws no error`))).rejects.toMatchObject({
      code: 'ARM_FAILED',
      message: expect.stringMatching(message),
    })
  })

  it('has the environment that its host was made in, whatever becomes of that', async () => {
    const host = makeLocalHost()
    process.env.MEDDLING = 'at import: exits'
    try {
      await using arm = host.open(1)
      expect((await live(arm)).failed).toBe(0)
    } finally {
      delete process.env.MEDDLING
    }
  })

  it('cannot be spoken for by a module that finds the line and repeats what was said on it', async () => {
    const arm = start('at import: repeats what the harness says')
    await expect(live(arm)).rejects.toThrow(/own \(3\)/)
  })
})

describe('what a scenario has started', () => {
  /** A process that is killed may take a moment to be gone; a zombie is. */
  const isRunning = (pid: number) => {
    try {
      return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    } catch {
      return false
    }
  }

  function startNoting(meddling: string) {
    const pids: number[] = []
    const onOutput = (line: string) => {
      const pid = Number(/^started (\d+)$/.exec(line)?.[1])
      if (pid > 0) pids.push(pid)
    }
    const abort = new AbortController()
    return { arm: start(meddling, { onOutput, signal: abort.signal }), abort, pid: () => pids[0] as number }
  }

  it.each(['at import', 'in iterations', 'when closed'])('ends with its arm (started %s)', async (moment) => {
    const { arm, pid } = startNoting(`${moment}: starts a process`)
    await live(arm)
    await arm[Symbol.asyncDispose]()
    await expect.poll(() => isRunning(pid())).toBe(false)
  })

  it('ends with an arm that ends by itself, whose end is told though its output is still held open', async () => {
    const { arm, pid } = startNoting('at import: starts a process, in iterations: exits')
    await expect(live(arm)).rejects.toThrow(/exit code 0/)
    await expect.poll(() => isRunning(pid())).toBe(false)
  })

  it('that printed much before it ended or hung says how much', async () => {
    const exiting = start('in iterations: prints much and exits')
    await expect(live(exiting)).rejects.toThrow(/exit code 0\); it printed [3-6] MB meanwhile, .*print less/)
    const hanging = start('in iterations: prints much and hangs')
    await hanging.ask({ ...open, target: { ...open.target, origin } }, { timeoutMs })
    await expect(hanging.ask(block, { timeoutMs: 5_000 })).rejects.toThrow(
      /within 5 s \(hung\); it printed [3-6] MB meanwhile, .*print less\nits stderr ended with:/,
    )
  })

  it('ends when the run does', async () => {
    const { arm, abort, pid } = startNoting('at import: starts a process')
    await arm.ask({ kind: 'describe', scenarioUrl }, { timeoutMs })
    await expect.poll(pid).toBeGreaterThan(0)
    expect(isRunning(pid())).toBe(true)
    abort.abort()
    await expect.poll(() => isRunning(pid())).toBe(false)
  })

  it('ends with an arm that loses only the line of messages', async () => {
    const path = fileURLToPath(new URL('../../../src/arm/process.ts', import.meta.url))
    const child = spawn(process.execPath, [path], {
      detached: true,
      env: { ...process.env, MEDDLING: 'at import: starts a process' },
      stdio: ['ignore', 'pipe', 'ignore', 'pipe', 'pipe'],
    })
    const line = openArmLine(child.stdio[3] as Duplex)
    const [output] = await Promise.all([
      once(child.stdout as Readable, 'data'),
      line.ask({ kind: 'describe', scenarioUrl }, timeoutMs),
    ])
    const pid = Number(/started (\d+)/.exec(String(output))?.[1])
    expect(isRunning(pid)).toBe(true)
    // As when a supervisor was killed, and what watches for its end has not heard of it yet.
    const ended = once(child, 'exit')
    ;(child.stdio[3] as Duplex).destroy()
    await ended
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  it('is not waited for when it has left the process group, and its output open', async () => {
    const { arm, pid } = startNoting('at import: starts a daemon, in iterations: exits')
    await expect(live(arm)).rejects.toThrow(/exit code 0/)
    expect(isRunning(pid())).toBe(true)
    process.kill(pid(), 'SIGKILL')
  })
})
