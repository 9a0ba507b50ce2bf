import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { tuningSchema } from '../../src/tune/report/model.ts'
import { runCli } from './run-cli.ts'

const quick = ['--warm-up', '50ms', '--budget', '20s', '--vary', 'connections=1,2', '--seed', '1'] as const

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-tune-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('sessionbench tune', () => {
  it('answers with settings, the curve, and code, and writes a document of its own kind', async () => {
    const out = join(folder, 'tuning.json')
    const { code, stdout, orphans } = await runCli(['tune', ...quick, '--out', out])
    const tuning = tuningSchema.parse(JSON.parse(await readFile(out, 'utf8')))
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
    expect(tuning.sizes.map(({ id }) => id)).toEqual(['connections=1', 'connections=2'])
    expect(tuning.ledger?.blocksAgreeing).toBe(tuning.ledger?.blocksChecked)
    expect(tuning.ledger?.blocksChecked).toBeGreaterThan(0)
    expect(tuning.sizes.every(({ size, connections }) => connections === size)).toBe(true)
    expect(tuning.snippets).toHaveLength(6)
    expect(stdout).toMatch(/connections=2/)
    expect(stdout).toMatch(/new Session\(\{ baseUrl: 'http:/)
  })

  it('says as JSON the settings for a rate, and names itself to the target', async () => {
    const agents = new Set<string | undefined>()
    const server = createServer((request, response) => {
      agents.add(request.headers['user-agent'])
      response.end('ok')
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page?x=1`
    const args = ['tune', ...quick, '--target', url, '--rate', '40', '--objective', 'errors<50%', '--format', 'json']
    const { stdout } = await runCli(args)
    const tuning = tuningSchema.parse(JSON.parse(stdout))
    expect(tuning).toMatchObject({ wantedRatePerSecond: 40, ledger: null, sizes: [] })
    expect(tuning.rates.length).toBeGreaterThan(0)
    expect([...agents]).toEqual([expect.stringMatching(/^sessionbench\/\d+\.\d+\.\d+ \(\+load test\)$/)])
  })

  it('says what it knows when it is interrupted', async () => {
    const { code, stdout, orphans } = await runCli(['tune', '--warm-up', '50ms', '--vary', 'connections=1..8'], {
      at: /round \d/,
    })
    expect({ code, orphans }).toEqual({ code: 130, orphans: [] })
    expect(stdout).toMatch(/interrupted: this is what was known by then/)
  })

  it('stops when errors rise', async () => {
    const server = createServer((_, response) => response.writeHead(Math.random() < 0.5 ? 500 : 200).end()).listen(
      0,
      '127.0.0.1',
    )
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const { code, stdout } = await runCli(['tune', ...quick, '--target', url, '--abort-on', 'errors>5%'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/stopped, as --abort-on says/)
  })

  it.each([
    [['--objective', 'p99'], /not a condition/],
    [['--vary', 'colour=1..3'], /any of connections, pipelining/],
    [['--target', 'http://example.com/'], /--allow-target example\.com/],
    [['--target', 'http://example.com/', '--allow-target', 'example.com', '--rate', '51'], /raise --max-rate/],
    [
      ['--target', 'http://example.com/', '--allow-target', 'example.com', '--vary', 'connections=1..64'],
      /raise --max-conn/,
    ],
    [['stateless-vs-session'], /--variant|a sweep/],
    [['--abort-on', 'boredom'], /errors>5%/],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(['tune', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('sessionbench run against a hosted target', () => {
  it('keeps to the caps', async () => {
    const hosted = ['run', '--target', 'http://example.com/', '--allow-target', 'example.com']
    const { code, stderr } = await runCli([...hosted, '--rate', '51'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/raise --max-rate/)
  })
})
