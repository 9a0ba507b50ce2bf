import { type Ask, headerOf } from '../application/ask.ts'
import { readFields } from '../application/form-fields.ts'
import { fieldText, type Header, jsonReply, type Reply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { recordOf } from '../record-of.ts'
import { describeRequest } from './describe-request.ts'
import { statusReply } from './status.ts'

/** Conditional requests, and headers of the query's choice. */
export const cachingRoutes: readonly Route[] = [
  { template: '/cache', methods: ['GET'], answer: cache },
  {
    template: '/cache/{seconds:int}',
    methods: ['GET'],
    answer: (ask, { seconds }) => picture(ask, [['Cache-Control', `public, max-age=${seconds}`]]),
  },
  { template: '/etag/{etag}', methods: ['GET'], answer: (ask, params) => matchEtag(ask, params.etag as string) },
  { template: '/response-headers', methods: ['GET', 'POST'], answer: echoHeaders },
]

function picture(ask: Ask, headers: readonly Header[]): Reply {
  return jsonReply(describeRequest(ask), { headers })
}

function cache(ask: Ask): Reply {
  if (headerOf(ask, 'if-modified-since') || headerOf(ask, 'if-none-match')) return statusReply(304)
  const etag = ask.state.random.bytes(16).toString('hex')
  return picture(ask, [
    ['Last-Modified', new Date().toUTCString()],
    ['ETag', etag],
  ])
}

function matchEtag(ask: Ask, etag: string): Reply {
  const field: Header = ['ETag', fieldText(etag)]
  const noneMatch = etagsIn(headerOf(ask, 'if-none-match'))
  const match = etagsIn(headerOf(ask, 'if-match'))
  if (noneMatch.length > 0) {
    if (noneMatch.includes(etag) || noneMatch.includes('*')) return withField(statusReply(304), field)
  } else if (match.length > 0 && !match.includes(etag) && !match.includes('*')) {
    return statusReply(412)
  }
  return picture(ask, [field])
}

function withField(reply: Reply, field: Header): Reply {
  return { ...reply, headers: [...reply.headers, field] }
}

// Entity tags with or without quotes and weakness, as httpbin takes them.
function etagsIn(field: string | undefined): string[] {
  return field ? field.split(',').map((part) => part.replace(/^\s*(?:W\/)?"?([^"]*)"?.*$/s, '$1').trim()) : []
}

// These say where the reply ends; the query must not.
const framing = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'trailer', 'upgrade'])

/** Sends the query's arguments as headers, and a body that names them: its own length among them. */
function echoHeaders(ask: Ask): Reply {
  const wanted = readFields(ask.query).filter(([name]) => !framing.has(name.toLowerCase()))
  const type: Header = ['Content-Type', 'application/json']
  let reply = jsonReply({})
  for (let length = -1; length !== (reply.body as string).length; ) {
    length = (reply.body as string).length
    reply = jsonReply(grouped([type, ['Content-Length', String(Buffer.byteLength(reply.body as string))], ...wanted]))
  }
  const headers = wanted.map(([name, value]): Header => [name, fieldText(value)])
  return { ...reply, headers: [type, ...headers] }
}

function grouped(headers: readonly Header[]): Record<string, string | string[]> {
  const groups = new Map<string, { name: string; values: string[] }>()
  for (const [name, value] of headers) {
    const group = groups.get(name.toLowerCase()) ?? { name, values: [] }
    group.values.push(value)
    groups.set(name.toLowerCase(), group)
  }
  const flat = [...groups.values()].map(
    ({ name, values }) => [name, values.length > 1 ? values : (values[0] as string)] as const,
  )
  return recordOf<string | string[]>(flat)
}
