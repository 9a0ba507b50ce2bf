import type { Ask } from '../application/ask.ts'
import { BadArgument } from '../application/bad-argument.ts'
import { type Answer, jsonReply, plainReply, type Reply, type Wire } from '../application/reply.ts'
import type { Params, Route } from '../application/router.ts'
import { maxHeadBytes } from '../options.ts'
import { firstArgs, integerArg, numberArg } from './arguments.ts'

const maxWaitMs = 60_000
const maxHugeBytes = 1024 * 1024
// Long enough for what was written to leave before a reset overtakes it; nothing depends on the exact time.
const beforeResetMs = 20
const ok = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'

/** Every way in which a server goes wrong, one route each. */
export const faultRoutes: readonly Route[] = [
  get('/hang', () => ({ status: 0, misbehave: () => {} })),
  get('/slow-headers', slowHeaders),
  get('/slow-body', slowBody),
  get('/truncate', truncate),
  get('/reset', reset),
  get('/close-idle', closeIdle),
  get('/max-requests/{n:int}', maxRequests),
  get('/garbage', () => ({ status: 0, misbehave: (wire) => endWith(wire, '\x00\x01 this is no HTTP \xff\r\n\r\n') })),
  get('/huge-headers', hugeHeaders),
  get('/slow-loris-safe', ({ state: { options } }) => {
    const { headTimeoutMs, idleTimeoutMs, maxBodyBytes } = options
    return jsonReply({ headTimeoutMs, idleTimeoutMs, maxBodyBytes, maxHeadBytes })
  }),
]

function get(template: string, answer: (ask: Ask, params: Params) => Answer): Route {
  return { template, methods: ['GET'], answer }
}

function waitArg(ask: Ask, name: string, fallback: number): number {
  return numberArg(firstArgs(ask), name, { fallback, min: 0, max: maxWaitMs })
}

function choiceArg<T extends string>(ask: Ask, name: string, choices: readonly [T, ...T[]]): T {
  const text = firstArgs(ask).get(name) ?? choices[0]
  const choice = choices.find((each) => each === text)
  if (choice === undefined) throw new BadArgument(`${name} must be one of ${choices.join(', ')}, not "${text}"`)
  return choice
}

function endWith(wire: Wire, bytes: string): void {
  wire.write(Buffer.from(bytes, 'latin1'))
  wire.end()
}

function slowHeaders(ask: Ask): Answer {
  const durationMs = waitArg(ask, 'durationms', 1_000)
  const lines = [...Array(8).keys()].map((i) => `X-Slow-${i}: ${i}\r\n`)
  const pieces = ['HTTP/1.1 200 OK\r\n', ...lines, 'Content-Length: 5\r\nConnection: close\r\n\r\n', 'slow\n']
  const misbehave = async (wire: Wire) => {
    for (const piece of pieces) {
      wire.write(piece)
      await wire.pause(durationMs / pieces.length)
    }
    wire.end()
  }
  return { status: 200, misbehave }
}

function slowBody(ask: Ask): Reply {
  const durationMs = waitArg(ask, 'durationms', 1_000)
  const count = integerArg(firstArgs(ask), 'bytes', { fallback: 10, min: 1, max: 1_000 })
  async function* drops() {
    for (let i = 0; i < count; i++) {
      yield Buffer.from('.')
      await ask.pause(durationMs / count)
    }
  }
  const headers = [
    ['Content-Type', 'text/plain'],
    ['Content-Length', String(count)],
  ] as const
  return { status: 200, headers, body: drops() }
}

function truncate(ask: Ask): Answer {
  const args = firstArgs(ask)
  const declared = integerArg(args, 'bytes', { fallback: 100, min: 1, max: maxHugeBytes })
  const sent = integerArg(args, 'sent', { fallback: Math.floor(declared / 2), min: 0, max: declared - 1 })
  const misbehave = (wire: Wire) => endWith(wire, `${ok}Content-Length: ${declared}\r\n\r\n${'x'.repeat(sent)}`)
  return { status: 200, misbehave }
}

function reset(ask: Ask): Answer {
  const written = {
    before: '',
    headers: ok,
    body: `${ok}Content-Length: 100\r\n\r\n${'x'.repeat(50)}`,
    after: `${ok}Content-Length: 5\r\n\r\nreset`,
  }
  const when = choiceArg(ask, 'when', ['before', 'headers', 'body', 'after'])
  const misbehave = async (wire: Wire) => {
    if (written[when] !== '') {
      wire.write(written[when])
      await wire.pause(beforeResetMs)
    }
    wire.reset()
  }
  return { status: when === 'before' || when === 'headers' ? 0 : 200, misbehave }
}

// The race that every kept connection runs: the server closes it just when the client uses it again.
function closeIdle(ask: Ask): Answer {
  const afterMs = waitArg(ask, 'afterms', 100)
  const how = choiceArg(ask, 'how', ['fin', 'rst'])
  const afterwards = async (wire: Wire) => {
    await wire.pause(afterMs)
    if (how === 'fin') wire.end()
    else wire.reset()
  }
  return { ...plainReply(`this connection ends by ${how} in ${afterMs} ms\n`, 200), afterwards }
}

function maxRequests(ask: Ask, { n }: Params): Answer {
  const left = Number(n) - ask.nth
  const picture = jsonReply({ request: ask.nth, left: Math.max(0, left) })
  if (left > 0) return picture
  if (choiceArg(ask, 'announce', ['yes', 'no']) === 'no') return { ...picture, afterwards: (wire) => wire.end() }
  return { ...picture, headers: [...picture.headers, ['Connection', 'close']] }
}

function hugeHeaders(ask: Ask): Reply {
  const bytes = integerArg(firstArgs(ask), 'bytes', { fallback: 64 * 1024, min: 1, max: maxHugeBytes })
  return plainReply('huge\n', 200, [['X-Huge', 'x'.repeat(bytes)]])
}
