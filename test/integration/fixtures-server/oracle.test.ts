import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FixtureServer, startFixtureServer } from '../../../fixtures-server/index.ts'
import { explained } from './oracle-differences.ts'
import { type Question, questions } from './oracle-requests.ts'
import { hasOracle, startOracle } from './oracle-server.ts'
import { RawClient, type RawReply } from './raw-client.ts'

// Where CI decides, an oracle that is missing is a failure and not a silence.
const required = Boolean(process.env.CI)
const present = hasOracle()
if (!present)
  console.log('oracle test skipped: Debian package python3-httpbin is not installed (apt-get install python3-httpbin)')

// The headers that a client acts on. Server, Date and the way the connection goes on are each server's own.
const compared = [
  'content-type',
  'content-encoding',
  'location',
  'set-cookie',
  'www-authenticate',
  'proxy-authenticate',
  'x-more-info',
  'etag',
  'accept-ranges',
  'content-range',
  'cache-control',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-max-age',
  'allow',
  'x-one',
  'x-two',
  'a',
]

async function ask(url: string, question: Question): Promise<RawReply> {
  const body = Buffer.from(question.body ?? '')
  const fields = {
    Host: 'oracle.test',
    Connection: 'close',
    ...question.fields,
    ...(question.body === undefined ? {} : { 'Content-Length': String(body.length) }),
  }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${Buffer.from(value).toString('latin1')}\r\n`)
  const client = await RawClient.connect(url)
  client.send(
    Buffer.concat([
      Buffer.from(`${question.method} ${question.path} HTTP/1.1\r\n${head.join('')}\r\n`, 'latin1'),
      body,
    ]),
  )
  const reply = await client.reply({ bodiless: question.method === 'HEAD' })
  client.socket.destroy()
  return reply
}

function comparable({ bodyDiffers, path }: Question, { status, headers, body }: RawReply) {
  const shown = Object.fromEntries(
    compared.filter((name) => name in headers).map((name) => [name, normalise(name, headers[name] as string, path)]),
  )
  return {
    status,
    headers: shown,
    body: bodyDiffers || status === 404 || status === 405 ? undefined : readBody(body, headers),
  }
}

// Nonces, entity tags of /cache, and the order of methods are no promise.
function normalise(name: string, value: string, path: string): string {
  if (name === 'allow')
    return value
      .split(',')
      .map((method) => method.trim())
      .sort()
      .join(', ')
  if (name === 'www-authenticate') return value.replace(/(nonce|opaque|realm)="[^"]*"/g, '$1="…"')
  if (name === 'etag' && path === '/cache') return value.replace(/[0-9a-f]/g, 'x')
  return value
}

function readBody(body: Buffer, headers: Readonly<Record<string, string>>): unknown {
  if (headers['content-encoding']) return 'encoded'
  const text = body.toString()
  if (isJson(text)) return withoutLength(JSON.parse(text))
  if (headers['content-type'] === 'application/json')
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return body.length > 1_000 ? createHash('sha256').update(body).digest('hex') : body.toString('latin1')
}

// /response-headers names the length of its own body, which this server indents and Debian's httpbin does not.
function withoutLength(value: unknown): unknown {
  const isOwnLength =
    typeof value === 'object' && value !== null && 'Content-Length' in value && 'Content-Type' in value
  return isOwnLength ? { ...value, 'Content-Length': 'its own' } : value
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function nameOf({ method, path, fields = {}, body }: Question): string {
  const sent = body === undefined ? '' : ` < ${JSON.stringify(String(body).slice(0, 60))}`
  return `${method} ${path} ${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('; ')}${sent}`
}

describe.skipIf(!present && !required)('beside the original httpbin', () => {
  let oracle: Awaited<ReturnType<typeof startOracle>>
  let server: FixtureServer
  const tally = { equal: 0, explained: 0 }

  beforeAll(async () => {
    oracle = await startOracle()
    server = await startFixtureServer()
  })
  afterAll(async () => {
    console.log(
      `oracle: ${questions.length} questions, ${tally.equal} answered equally, ${tally.explained} differently for a stated reason`,
    )
    oracle.process.kill()
    await server.close()
  })

  test.each(questions.map((question) => [nameOf(question), question] as const))('%s', async (_name, question) => {
    const [theirs, ours] = await Promise.all([ask(oracle.url, question), ask(server.urls.http, question)])
    const [expected, actual] = [comparable(question, theirs), comparable(question, ours)]
    const reason = explained(question)
    if (reason === undefined) {
      expect(actual).toEqual(expected)
      tally.equal++
    } else {
      // An explanation that explains nothing any more must go.
      expect(actual, reason).not.toEqual(expected)
      tally.explained++
    }
  })
})
