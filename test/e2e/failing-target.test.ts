import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startFixtureServer } from '../../fixtures-server/index.ts'
import { quick, runCli } from './run-cli.ts'

const scenario = (name: string) => fileURLToPath(new URL(`./scenarios/${name}.ts`, import.meta.url))

describe('a target that goes wrong', () => {
  async function listen(server: Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(server.address() as { port: number }).port}`
  }
  const run = (target: string) => runCli(['run', scenario('raw-agents'), '--target', target, ...quick])

  it('refuses', async () => {
    const server = createServer()
    const address = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    const { code, stdout, orphans } = await run(`http://${address}`)
    expect(stdout).toMatch(/FAILED: none of .* refused: .*ECONNREFUSED/s)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('resets', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).resetAndDestroy())
    const { code, stdout, orphans } = await run(`http://${await listen(server)}`)
    server.close()
    expect(stdout).toMatch(/FAILED: none of .* reset: /s)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('has a certificate that nobody trusts', async () => {
    await using fixture = await startFixtureServer()
    const args = ['run', 'stateless-vs-session', '--target', fixture.urls.https, ...quick]
    const { code, stdout, orphans } = await runCli(args)
    expect(stdout).toMatch(/FAILED: none of .* tls: /s)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('speaks something else', async () => {
    const server = createTlsServer({})
    const { code, stdout, orphans } = await run(`http://${await listen(server)}`)
    server.close()
    expect(stdout).toMatch(/FAILED: none of /)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('is the fixture server, and is killed: that ends its table and not the run', async () => {
    const args = ['run', scenario('raw-agents'), ...quick, '--rtt', '0,1', '--block', '600ms']
    const { code, stdout, orphans } = await runCli(args, { at: /measuring: [1-9]/, killChild: /fixtures-server\/main/ })
    expect(stdout).toMatch(
      /http, 0 ms RTT[\s\S]*FAILED: the fixture server did not answer \/ledger: it ended \(SIGKILL\)/,
    )
    expect(stdout).toMatch(/http, 1 ms RTT[\s\S]*ledger agrees in 12 of 12 blocks/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('stops answering in the middle: says when, and does not wait for one time-out after the other', async () => {
    let answered = 0
    const server = createHttpServer((_, response) => {
      // Every connection is kept, and nothing ends any more.
      if (++answered <= 2_000) response.end('ok')
    })
    const args = [
      'run',
      'stateless-vs-session',
      '--target',
      `http://${await listen(server)}`,
      ...quick,
      '--budget',
      '20s',
    ]
    const { code, stdout, orphans } = await runCli(args)
    server.closeAllConnections()
    server.close()
    expect(stdout).toMatch(/FAILED: the target stopped answering \d+\.\d s into the comparison: with \w+ under load/)
    expect(stdout).not.toMatch(/hung|TOO SHORT/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it("is somebody else's, and dies in mid-block: no time of those it answered is a pass", async () => {
    await using fixture = await startFixtureServer()
    const args = ['run', scenario('raw-agents'), '--target', fixture.urls.http, ...quick, '--block', '600ms']
    const { code, stdout, orphans } = await runCli(args, { at: /measuring: [1-9]/, react: () => fixture.close() })
    expect(stdout.replaceAll(/\n {2}/g, ' ')).toMatch(/FAILED: none of|INVALID: .* of \w+'s iterations failed/)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('is measured without a ledger when it is fine', async () => {
    await using fixture = await startFixtureServer()
    const { code, stdout, orphans } = await run(fixture.urls.http)
    expect(stdout).toMatch(/no ledger to check with/)
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
  })

  it('answers 404 now and then to iterations that do not look: each of them has failed, whatever the client', async () => {
    const { code, stdout, orphans } = await runCli(['run', scenario('unsaid'), ...quick])
    const failed = [
      ...stdout.replaceAll(/\n {2}/g, ' ').matchAll(/^(\w+): .* failed \(2\d %\): [\d,]+ × status 404, .*404 \(/gm),
    ]
    expect(failed.map(([, arm]) => arm)).toEqual(['fetch', 'undici', 'nodeHttp', 'axios', 'session'])
    expect(stdout.match(/^INVALID: 2\d %/gm)).toHaveLength(5)
    expect({ code, orphans }).toEqual({ code: 2, orphans: [] })
  })

  it('answers 503 on the way to another answer, or 404 as is expected of it: nothing has failed', async () => {
    const { code, stdout, orphans } = await runCli(['run', scenario('meant'), ...quick, '--block', '100ms'])
    expect(stdout).toMatch(/^retried \*( +\S+){11} +0 .*\naskedAgain( +\S+){11} +0 .*\nexpected( +\S+){11} +0 /m)
    expect({ code, orphans }).toEqual({ code: 0, orphans: [] })
  })
})
