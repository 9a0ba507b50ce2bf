import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeCertificates } from '../../fixtures-server/certificates.ts'
import { resultsSchema } from '../../src/document/model.ts'
import { quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/own-target.ts', import.meta.url))
const files = { ca: '', other: '', key: '', broken: '', out: '' }
let folder = ''
/** A server of the user's own, with a certificate that nobody knows. */
let server: Server
let target = ''
let requests = 0

beforeAll(async () => {
  const [{ ca, leaf }, other] = await Promise.all([makeCertificates(), makeCertificates()])
  server = createServer(leaf, (_, response) => {
    requests++
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
