import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Ask } from '../application/ask.ts'
import { BadArgument } from '../application/bad-argument.ts'
import { jsonReply, type Reply, textReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { describeRequest } from './describe-request.ts'

interface Encoding {
  /** What the reply says of itself: `{ "gzipped": true }`. */
  readonly flag: string
  readonly token: string
  encode(bytes: Buffer): Buffer
}

const encodings: Readonly<Record<string, Encoding>> = {
  gzip: { flag: 'gzipped', token: 'gzip', encode: (bytes) => gzipSync(bytes) },
  deflate: { flag: 'deflated', token: 'deflate', encode: (bytes) => deflateSync(bytes) },
  brotli: { flag: 'brotli', token: 'br', encode: (bytes) => brotliCompressSync(bytes) },
  zstd: { flag: 'zstd', token: 'zstd', encode: (bytes) => zstdCompressSync(bytes) },
}

/** Encoded replies, whether or not the client accepts them, and decoded text. */
export const encodingRoutes: readonly Route[] = [
  ...Object.entries(encodings).map(
    ([name, encoding]): Route => ({
      template: `/${name}`,
      methods: ['GET'],
      answer: (ask) => encoded(ask, encoding),
    }),
  ),
  { template: '/base64/{value}', methods: ['GET'], answer: (_ask, { value = '' }) => textReply(decodeBase64(value)) },
]

function encoded(ask: Ask, { flag, token, encode }: Encoding): Reply {
  const { headers, origin } = describeRequest(ask)
  const plain = jsonReply({ headers, origin, method: ask.method, [flag]: true })
  const fields = [...plain.headers, ['Content-Encoding', token] as const]
  return { status: 200, headers: fields, body: encode(Buffer.from(plain.body as string)) }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

// Node decodes what it can; httpbin, as Python, wants the padding and nothing that is not base64.
function decodeBase64(text: string): string {
  if (text.length % 4 !== 0 || !/^[\w-]*={0,2}$/.test(text))
    throw new BadArgument('this is not URL-safe base64 with its padding')
  try {
    return utf8.decode(Buffer.from(text, 'base64url'))
  } catch {
    throw new BadArgument('the decoded bytes are not UTF-8 text')
  }
}
