import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeCertificates } from '../../fixtures-server/certificates.ts'
import { resultsSchema } from '../../src/document/model.ts'
import { placesOf } from '../../src/store/event-log.ts'
import { quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/own-target.ts', import.meta.url))
const files = { ca: '', other: '', key: '', broken: '', out: '' }
let folder = ''
/** A server of the user's own, with a certificate that nobody knows. */
let server: Server
let target = ''
let requests = 0
/** What was sent as Authorization and X-Team, all that came. */
const seen = new Set<string>()

beforeAll(async () => {
  const [{ ca, leaf }, other] = await Promise.all([makeCertificates(), makeCertificates()])
  server = createServer(leaf, ({ headers }, response) => {
    requests++
    seen.add(`${headers.authorization} ${headers['x-team']}`)
    response.end('ok')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  target = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-access-'))
  for (const name of Object.keys(files) as (keyof typeof files)[]) files[name] = join(folder, `${name}.pem`)
  await writeFile(files.ca, ca)
  await writeFile(files.other, other.ca)
  await writeFile(files.key, leaf.key)
  await writeFile(files.broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
})
beforeEach(() => {
  requests = 0
  seen.clear()
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

const run = (...args: string[]) => runCli(['run', scenario, ...quick, '--target', target, ...args])

/** Arms, each with its failures. */
function failuresIn(stdout: string): Record<string, number> {
  const [comparison] = resultsSchema.parse(JSON.parse(stdout)).scenarios.flatMap((result) => result.comparisons)
  return Object.fromEntries((comparison?.arms ?? []).map(({ id, failed }) => [id, failed]))
}

const allWell = { session: 0, stateless: 0, fetch: 0, 'node:https': 0 }

describe('--ca', () => {
  it('verifies the target for a Session, a stateless call, and clients that go by what Node trusts', async () => {
    const { code, stdout, stderr, orphans } = await run('--ca', files.ca, '--format', 'json')
    expect({ code, orphans, failures: failuresIn(stdout) }, stderr).toEqual({
      ...{ code: 0, orphans: [], failures: allWell },
    })
    expect(requests).toBeGreaterThan(0)
  })

  it.each(['without it', 'with another'])('is what lets them in: not %s', async (which) => {
    const { code, stdout } = await run(...(which === 'without it' ? [] : ['--ca', files.other]))
    expect(code).toBe(2)
    expect(stdout).toMatch(/FAILED: none of [\s\S]* succeeded in its warm-up; the first: tls: /)
    expect(requests).toBe(0)
  })

  it.each([
    [() => ['--target', target, '--ca', '/no/such/ca.pem'], /expected a file that can be read: .*no such file/],
    [() => ['--target', target, '--ca', files.key], /expected a file with certificates as PEM .*found none in it/],
    [() => ['--target', target, '--ca'], /'--ca <file>' argument missing/],
    [() => ['--ca', files.ca], /expected --target beside --ca: the bundled server is trusted already/],
  ])('wrong usage: %#', async (argsOf, message) => {
    const { code, stdout, stderr } = await runCli(['run', scenario, ...argsOf()])
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('PRIVATE KEY')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('says of what is no certificate inside that it cannot be read', async () => {
    const { code, stdout } = await run('--ca', files.broken)
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /the CA of the target \(--ca\) holds no certificate that can be read/,
    )
    expect(code).toBe(2)
  })
})

describe('--insecure', () => {
  it('connects whoever it is, and says so in the title', async () => {
    const { code, stdout, stderr, orphans } = await run('--insecure')
    expect({ code, orphans }, stderr + stdout).toEqual({ code: 0, orphans: [] })
    expect(stdout).toContain(`${target}, CERTIFICATE NOT VERIFIED`)
    expect(requests).toBeGreaterThan(0)
  })

  it('is for every client', async () => {
    const { stdout, stderr } = await run('--insecure', '--format', 'json')
    expect(failuresIn(stdout), stderr).toEqual(allWell)
  })

  it.each([
    [() => ['--target', target, '--insecure', '--ca', files.ca], /--insecure verifies nothing, and --ca says/],
    [() => ['--insecure'], /expected --target beside --insecure: the bundled server is trusted already/],
  ])('wrong usage: %#', async (argsOf, message) => {
    const { code, stdout, stderr } = await runCli(['run', scenario, ...argsOf()])
    expect(stderr).toMatch(message)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

describe('--header', () => {
  const secret = 'Bearer hunter2'
  const headers = ['--header', `Authorization: ${secret}`, '--header', 'X-Team:blue: green']

  it('arrives with every request of every client, and is repeated nowhere', async () => {
    const reports = ['md', 'html', 'json', 'junit', 'csv', 'csv-blocks', 'openmetrics']
    const list = reports.map((format) => `${format}=${join(folder, `report.${format}`)}`).join(',')
    const args = ['--ca', files.ca, ...headers, '--phases', '--out', files.out, '--report', list]
    const { code, stdout, stderr, orphans } = await run(...args)
    expect({ code, orphans }, stderr + stdout).toEqual({ code: 0, orphans: [] })
    expect([...seen]).toEqual([`${secret} blue: green`])
    const written = await Promise.all(reports.map((format) => readFile(join(folder, `report.${format}`), 'utf8')))
    const kept = await Promise.all(placesOf(files.out).map((path) => readFile(path, 'utf8')))
    const said = [stdout, stderr, ...kept, ...written]
    expect(said.filter((text) => /hunter2|blue: green/.test(text))).toEqual([])
  })

  it('goes with the requests of tune', async () => {
    const args = ['tune', '--target', target, '--ca', files.ca, ...headers, '--vary', 'connections=1,2']
    const out = join(folder, 'tuning.json')
    const bounds = ['--warm-up', '50ms', '--budget', '10s', '--seed', '1', '--out', out]
    const { code, stderr } = await runCli([...args, ...bounds])
    expect(code, stderr).toBe(0)
    expect([...seen]).toEqual([`${secret} blue: green`])
    const kept = await Promise.all(placesOf(out).map((path) => readFile(path, 'utf8')))
    expect(kept.filter((text) => /hunter2|blue: green/.test(text))).toEqual([])
  })

  it('is refused where a variant would not send it', async () => {
    const deaf = fileURLToPath(new URL('./scenarios/one-arm.ts', import.meta.url))
    const { code, stdout } = await runCli(['run', deaf, ...quick, '--target', target, '--insecure', ...headers])
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'variants.session does not look at target.access.headers, so that --header would not be sent',
    )
    expect(stdout).not.toContain('hunter2')
    expect(code).toBe(2)
  })

  it.each([
    [
      ['Authorization hunter2'],
      /--header: expected a header such as 'Accept-Language: de', got one with no colon in it/,
    ],
    [['Auth orization: hunter2'], /got one with a name that cannot be sent/],
    [['Authorization: hunter2\r\nX: 1'], /got one with a value that cannot be sent/],
    [[], /'--header <header>' argument missing/],
  ])('wrong usage, without repeating it: %#', async (args, message) => {
    const { code, stdout, stderr } = await runCli(['run', scenario, '--target', target, '--header', ...args])
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/hunter2/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })

  it('is for a target of the user’s own', async () => {
    const { code, stderr } = await runCli(['run', scenario, ...headers])
    expect(stderr).toMatch(/expected --target beside --header: the bundled server asks for none/)
    expect(code).toBe(2)
  })
})
