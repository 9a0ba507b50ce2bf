import { createServer } from 'node:net'
import { get, RetryError, Session } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, isInstalled, type Running, startProgram } from './debian-servers.ts'
import { type Identity, listen, makeIdentity, type TestServer, until } from './test-servers.ts'

const config = (folder: string, ports: Record<string, number>) => `
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/logs/error.log;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${ports.plain};
    location / { return 200 "$connection $connection_requests"; }
    location /503 { add_header Retry-After 0 always; return 503; }
    location /502 { proxy_pass http://127.0.0.1:${ports.nobody}; }
    location /504 { proxy_pass http://127.0.0.1:${ports.silent}; proxy_read_timeout 1s; }
    location /echo { return 200 "$request_method $http_cookie $http_authorization"; }
  }
  server {
    listen 127.0.0.1:${ports.three};
    keepalive_requests 3;
    location / { return 200 "$connection $connection_requests"; }
  }
  server {
    listen 127.0.0.1:${ports.short};
    keepalive_timeout 1s;
    location / { return 200 "$connection $connection_requests"; }
  }
  server {
    listen 127.0.0.1:${ports.secure} ssl;
    ssl_certificate ${folder}/leaf.pem; ssl_certificate_key ${folder}/leaf.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / { return 200 "$ssl_protocol $ssl_session_reused $connection"; }
  }
  server {
    listen 127.0.0.1:${ports.mutual} ssl;
    ssl_certificate ${folder}/leaf.pem; ssl_certificate_key ${folder}/leaf.key;
    ssl_client_certificate ${folder}/ca.pem; ssl_verify_client on;
    location / { return 200 "$ssl_client_s_dn"; }
  }
}
`

describe.runIf(isInstalled('nginx', 'nginx-light'))('beside nginx', () => {
  let nginx: Running
  let silent: TestServer
  let authority: Identity
  const ports = { plain: 0, three: 0, short: 0, secure: 0, mutual: 0, nobody: 0, silent: 0 }
  const url = (name: keyof typeof ports, path = '/') => `http://127.0.0.1:${ports[name]}${path}`
  const secureUrl = (name: keyof typeof ports) => `https://127.0.0.1:${ports[name]}/`

  beforeAll(async () => {
    authority = await makeIdentity('test authority', { isAuthority: true })
    const leaf = await makeIdentity('localhost', { ca: authority })
    silent = await listen(createServer(() => {}))
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort()
    ports.silent = silent.port
    nginx = await startProgram((folder) => ['nginx', '-p', folder, '-c', `${folder}/nginx.conf`, '-g', 'daemon off;'], {
      port: ports.plain,
      files: (folder) => ({
        'nginx.conf': config(folder, ports),
        'leaf.pem': leaf.cert,
        'leaf.key': leaf.key,
        'ca.pem': authority.cert,
      }),
    })
  })
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]()
    await silent[Symbol.asyncDispose]()
  })

  it('keeps one connection for a session, and opens one for each stateless call', async () => {
    await using session = new Session()
    const seen: string[] = []
    for (let call = 0; call < 5; call += 1) seen.push(await (await session.get(url('plain'))).text())
    expect(new Set(seen.map((text) => text.split(' ')[0])).size).toBe(1)
    expect(seen.at(-1)?.split(' ')[1]).toBe('5')
    const stateless = [await (await get(url('plain'))).text(), await (await get(url('plain'))).text()]
    expect(stateless.map((text) => text.split(' ')[1])).toEqual(['1', '1'])
  })

  it('goes on after keepalive_requests without losing a call', async () => {
    await using session = new Session({ pool: { connections: 4 } })
    const texts = await session.all(Array(40).fill(url('three')), { concurrency: 8, read: (page) => page.text() })
    expect(Math.max(...texts.map((text) => Number(text.split(' ')[1])))).toBe(3)
    expect(session.stats()).toMatchObject({ staleResends: 0 })
    expect(session.stats().connectionsOpened).toBeGreaterThanOrEqual(14)
  })

  it('goes on after keepalive_timeout', async () => {
    await using session = new Session({ pool: { keepAliveTimeoutMs: 60_000 } })
    const first = await (await session.get(url('short'))).text()
    await until(() => session.stats().idle === 0)
    const second = await (await session.post(url('short'))).text()
    expect(first).not.toBe(second)
    expect(second.split(' ')[1]).toBe('1')
  })

  it('tries 502, 503 and 504 again as it is told', async () => {
    await using session = new Session({ retry: { total: 2, statuses: [502, 503, 504] } })
    for (const [path, status] of [
      ['/502', 502],
      ['/503', 503],
    ] as const) {
      const error = await session.get(url('plain', path)).catch((caught: RetryError) => caught)
      expect(error).toBeInstanceOf(RetryError)
      expect((error as RetryError).retries.map((retry) => retry.status)).toEqual([status, status])
    }
    const late = await session.get(url('plain', '/504'), { retry: { total: 0, raiseOnStatus: false } })
    expect(late.status).toBe(504)
    expect((await session.get(url('plain', '/503'), { retry: { statuses: [], total: 0 } })).status).toBe(503)
  })

  it('speaks TLS: one handshake for a session, resumed for its further connections, full for stateless calls', async () => {
    await using session = new Session({ ca: authority.cert, pool: { maxRequestsPerConnection: 1 } })
    const texts: string[] = []
    for (let call = 0; call < 3; call += 1) texts.push(await (await session.get(secureUrl('secure'))).text())
    expect(texts.map((text) => text.split(' ').slice(0, 2).join(' '))).toEqual(['TLSv1.3 .', 'TLSv1.3 r', 'TLSv1.3 r'])
    const stateless = await (await get(secureUrl('secure'), { ca: authority.cert })).text()
    expect(stateless).toMatch(/^TLSv1\.3 \. /)
  })

  it('shows a client certificate; without one nginx says 400', async () => {
    const client = await makeIdentity('a client', { ca: authority })
    await using known = new Session({ ca: authority.cert, cert: client.cert, key: client.key })
    expect(await (await known.get(secureUrl('mutual'))).text()).toBe('CN=a client')
    expect((await get(secureUrl('mutual'), { ca: authority.cert })).status).toBe(400)
  })
})
