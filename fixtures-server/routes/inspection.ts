import type { Ask } from '../application/ask.ts'
import { headerOf } from '../application/ask.ts'
import { jsonReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { describeBody, describeRequest, originOf } from './describe-request.ts'

/** Every method that a route for all methods answers; HEAD and OPTIONS come by themselves. */
export const allMethods = Object.freeze(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE'])

/** Routes that say what was asked. */
export const inspectionRoutes: readonly Route[] = [
  { template: '/get', methods: ['GET'], measured: true, answer: (ask) => jsonReply(describeRequest(ask)) },
  { ...echoBody('post'), measured: true },
  ...['put', 'patch', 'delete'].map(echoBody),
  { template: '/anything', methods: allMethods, readsBody: true, answer: anything },
  { template: '/anything/{rest:path}', methods: allMethods, readsBody: true, answer: anything },
  { template: '/headers', methods: ['GET'], answer: (ask) => jsonReply({ headers: describeRequest(ask).headers }) },
  { template: '/ip', methods: ['GET'], answer: (ask) => jsonReply({ origin: originOf(ask) }) },
  { template: '/uuid', methods: ['GET'], answer: (ask) => jsonReply({ uuid: randomUuid(ask) }) },
  {
    template: '/user-agent',
    methods: ['GET'],
    answer: (ask) => jsonReply({ 'user-agent': headerOf(ask, 'user-agent') ?? null }),
  },
]

function echoBody(name: string): Route {
  return {
    template: `/${name}`,
    methods: [name.toUpperCase()],
    readsBody: true,
    answer: (ask) => jsonReply(describeBody(ask)),
  }
}

function anything(ask: Ask) {
  return jsonReply({ ...describeBody(ask), method: ask.method })
}

// Version 4 (RFC 9562 §5.4) from the server's seeded source, so that a run can be repeated.
function randomUuid({ state: { random } }: Ask): string {
  const bytes = random.bytes(16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
