import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { quick, runCli } from './run-cli.ts'

const scenario = fileURLToPath(new URL('./scenarios/elsewhere.ts', import.meta.url))
const seam = new URL('./foreign-loopback.mjs', import.meta.url).href
const elsewhere = '127.0.0.2'

let foreign: Server
let foreignUrl = ''
let requestsThere = 0
let requestsToOwn = 0
/** The user's own, which leads on. */
let own: Server
let ownUrl = ''

const listen = (server: Server, host: string) =>
  new Promise<string>((resolve) =>
    server.listen(0, host, () => resolve(`http://${host}:${(server.address() as AddressInfo).port}`)),
  )

beforeAll(async () => {
  foreign = createServer((_, response) => {
    requestsThere++
    response.end('ok')
  })
  foreignUrl = await listen(foreign, elsewhere)
  own = createServer(({ url }, response) => {
    requestsToOwn++
    if (url?.startsWith('/leads')) response.writeHead(302, { location: `${foreignUrl}/y` })
    response.end()
  })
  ownUrl = await listen(own, '127.0.0.1')
})
afterAll(() => {
  foreign.closeAllConnections()
  foreign.close()
  own.closeAllConnections()
  own.close()
})
beforeEach(() => {
  requestsThere = 0
  requestsToOwn = 0
})

const run = (way: string, ...args: string[]) => {
  const env = { NODE_OPTIONS: `--import=${seam}`, ELSEWHERE: foreignUrl, WAY: way }
  return runCli([...args], { env })
}
const runScenario = (way: string, ...args: string[]) => run(way, 'run', scenario, ...quick, ...args)

const invalid = (text: string) => text.replaceAll(/\n {2}/g, ' ')

describe('load stays where it may be', () => {
  it.each([
    'a redirect',
    'its own URL',
    'its own URL by node:http',
    'node:http2 that nobody listens to',
    'a promise that nobody awaits',
  ])('%s does not lead elsewhere', async (way) => {
    const { code, stdout, orphans } = await runScenario(way)
    expect(invalid(stdout)).toMatch(
      /INVALID: stopped: a client went to 127\.0\.0\.2, which is neither this machine nor the target; add --allow-target 127\.0\.0\.2 if/,
    )
    expect({ code, orphans, requestsThere }).toEqual({ code: 2, orphans: [], requestsThere: 0 })
  })

  it('nor does a thread, whose load is counted like any other', async () => {
    // This machine by an address that does not say so: a thread has its modules before the seam can change any.
    const { port } = new URL(ownUrl)
    const runThread = (...args: string[]) =>
      runCli(['run', scenario, ...quick, ...args], { env: { ELSEWHERE: `http://0.0.0.0:${port}`, WAY: 'by a thread' } })
    const { code, stdout, orphans } = await runThread()
    expect(invalid(stdout)).toMatch(/INVALID: stopped: a client went to 0\.0\.0\.0, .* --allow-target 0\.0\.0\.0 /)
    expect({ code, orphans, requestsToOwn }).toEqual({ code: 2, orphans: [], requestsToOwn: 0 })
    const allowed = await runThread('--allow-target', '0.0.0.0', '--max-rate', '20')
    expect(invalid(allowed.stdout)).toMatch(/INVALID: stopped: 0\.0\.0\.0 got more requests than the 20 per second/)
    expect(requestsToOwn).toBeGreaterThan(0)
  })

  it('nor does a thread that ends the process with it', async () => {
    const { port } = new URL(ownUrl)
    const env = { ELSEWHERE: `http://0.0.0.0:${port}`, WAY: 'a thread that nobody listens to' }
    const { code, stdout, orphans } = await runCli(['run', scenario, ...quick], { env })
    expect(invalid(stdout)).toMatch(/INVALID: stopped: a client went to 0\.0\.0\.0, .* --allow-target 0\.0\.0\.0 /)
    expect({ code, orphans, requestsToOwn }).toEqual({ code: 2, orphans: [], requestsToOwn: 0 })
  })

  it('nor does its module, as it is imported', async () => {
    const { code, stderr, orphans } = await runScenario('at import')
    expect(stderr).toMatch(/^sessionbench: stopped: a client went to 127\.0\.0\.2, .* --allow-target 127\.0\.0\.2 /m)
    expect({ code, orphans, requestsThere }).toEqual({ code: 2, orphans: [], requestsThere: 0 })
    const allowed = await runScenario('at import', '--allow-target', elsewhere)
    expect({ code: allowed.code, isThere: requestsThere > 0 }, allowed.stdout).toEqual({ code: 0, isThere: true })
  })

  it('nor does a target, in any of its processes', async () => {
    const { code, stdout, orphans } = await runScenario(
      'a redirect of the target',
      '--target',
      ownUrl,
      '--processes',
      '2',
    )
    expect(invalid(stdout)).toMatch(/INVALID: stopped: a client went to 127\.0\.0\.2/)
    expect({ code, orphans, requestsThere }).toEqual({ code: 2, orphans: [], requestsThere: 0 })
  })

  it('nor does one that is tuned', async () => {
    const args = ['--target', `${ownUrl}/leads`, '--budget', '10s', '--warm-up', '100ms']
    const { code, stdout, orphans } = await run('', 'tune', ...args)
    expect(invalid(stdout)).toMatch(/stopped: a client went to 127\.0\.0\.2.*--allow-target 127\.0\.0\.2/)
    expect({ code, orphans, requestsThere }).toEqual({ code: 2, orphans: [], requestsThere: 0 })
  })

  it('a host that is allowed gets no more than its cap', async () => {
    const { code, stdout, orphans } = await runScenario('a redirect', '--allow-target', elsewhere, '--max-rate', '20')
    expect(invalid(stdout)).toMatch(/INVALID: stopped: .*20 .*raise --max-rate/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
    // What makes a rate, and what was under way when there were too many.
    expect(requestsThere).toBeGreaterThan(0)
    expect(requestsThere).toBeLessThan(200)
  })

  it('a host that is allowed is loaded as far as its caps are raised', async () => {
    const caps = ['--allow-target', elsewhere, '--max-rate', '100000', '--max-connections', '100']
    const { code, stdout, stderr, orphans } = await runScenario('its own URL', ...caps, '--target', ownUrl)
    expect(stdout, stderr).not.toMatch(/INVALID|stopped/)
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
    expect(requestsThere).toBeGreaterThan(200)
  })

  it('a target elsewhere is refused before anything runs, unless it is allowed', async () => {
    const refused = await runScenario('', '--target', foreignUrl)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/add --allow-target 127\.0\.0\.2/) })
    expect(requestsThere).toBe(0)
  })
})
