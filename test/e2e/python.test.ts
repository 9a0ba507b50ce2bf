import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

// Debian's: another Python on the path would not have Debian's packages.
const python = '/usr/bin/python3'
const script = fileURLToPath(new URL('../../scenarios/python/article.py', import.meta.url))
const run = promisify(execFile)
const has = (module: string) => spawnSync(python, ['-c', `import ${module}`]).status === 0
const isInCi = process.env.CI !== undefined && process.env.CI !== ''

const clients = [
  { module: 'requests', stateless: 'requests.get', session: 'requests.Session' },
  { module: 'httpx', stateless: 'httpx.get', session: 'httpx.Client' },
  { module: 'aiohttp', stateless: 'aiohttp, one per call', session: 'aiohttp.ClientSession' },
].filter(({ module }) => isInCi || has(module))

describe('scenarios/python/article.py', () => {
  it.runIf(clients.length > 0)('opens a connection per call or per block, by the count of the server', async () => {
    const { stdout } = await run(python, [script, '--calls', '3', '--rounds', '1', '--rtt', '0'])
    const counts = stdout.split('\n').flatMap((line) => {
      const [, arm, conns, tls, perConnection, errors] =
        /^(\S.*?) {2,}[\d.,]+ (?: +[\d.,]+){4} +([\d,]+) +(\d+\/\d+) +([\d.]+) +[\d,.]+ +(\d+)$/.exec(line) ?? []
      return arm === undefined ? [] : [{ arm, conns, tls, perConnection, errors }]
    })
    // Two blocks of three calls; a session is opened for each block.
    const rowsOver = (protocol: 'http' | 'https') =>
      clients.flatMap(({ stateless, session }) => [
        { arm: stateless, conns: '6', tls: protocol === 'https' ? '6/0' : '0/0', perConnection: '1.00', errors: '0' },
        { arm: session, conns: '2', tls: protocol === 'https' ? '2/0' : '0/0', perConnection: '3.00', errors: '0' },
      ])
    expect(counts, stdout).toEqual([...rowsOver('http'), ...rowsOver('https')])
    expect(stdout).toMatch(/loads the bundle of certificate authorities anew: [\d.]+ ms of CPU/)
  })

  it.runIf(has('argparse'))('refuses wrong usage', async () => {
    await expect(run(python, [script, '--rtt', 'far'])).rejects.toMatchObject({ code: 2 })
  })
})
