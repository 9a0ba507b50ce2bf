import { answerTo, describeError, describeResponse, outcomeOf, type Row, row } from './row.ts'

const aborted = (reason?: unknown) => AbortSignal.abort(reason)

/** A stream that never ends. It says when its first piece has been taken, and why it was cancelled. */
function endless() {
  const taken = Promise.withResolvers<void>()
  const cancelled = Promise.withResolvers<unknown>()
  let pulls = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls += 1
      if (pulls === 1) return controller.enqueue(Buffer.from('x'))
      taken.resolve()
      return new Promise(() => {})
    },
    cancel: (reason) => cancelled.resolve(reason),
  })
  return { stream, taken: taken.promise, cancelled: cancelled.promise }
}

export const SIGNAL_ROWS: readonly Row[] = [
  row('aborted before', (fetch, place) => answerTo(fetch(place.url, { signal: aborted() }), place)),
  row('aborted before, for a reason', (fetch, place) =>
    answerTo(fetch(place.url, { signal: aborted('because') }), place),
  ),
  row('aborted before, for an error', async (fetch, place) => {
    const reason = new RangeError('mine')
    const error = await fetch(place.url, { signal: aborted(reason) }).catch((error: unknown) => error)
    return { same: error === reason, seen: place.seen() }
  }),
  row('aborted before, with a body', async (fetch, place) => {
    const { stream, cancelled } = endless()
    const init = { method: 'POST', body: stream, duplex: 'half' as const, signal: aborted('because') }
    return { error: await outcomeOf(fetch(place.url, init)), cancelled: await cancelled }
  }),
  row('aborted before, and wrong', (fetch, place) =>
    answerTo(fetch(place.url, { signal: aborted(), method: 'X Y' }), place),
  ),
  row('aborted while waiting', async (fetch, place) => {
    const controller = new AbortController()
    const call = outcomeOf(fetch(`${place.url}/silent`, { signal: controller.signal }))
    while (place.seen().length === 0) await new Promise((resolve) => setImmediate(resolve))
    controller.abort()
    return { call: await call, connection: await place.hungUp() }
  }),
  row('aborted at once', async (fetch, place) => {
    const controller = new AbortController()
    const call = outcomeOf(fetch(`${place.url}/silent`, { signal: controller.signal }))
    controller.abort('at once')
    return call
  }),
  row('aborted while the body is sent', async (fetch, place) => {
    const controller = new AbortController()
    const { stream, taken } = endless()
    const init = { method: 'POST', body: stream, duplex: 'half' as const, signal: controller.signal }
    const call = outcomeOf(fetch(place.url, init))
    await taken
    controller.abort('enough')
    return call
  }),
  row('aborted while the body is read', async (fetch, place) => {
    const controller = new AbortController()
    const response = await fetch(`${place.url}/drip`, { signal: controller.signal })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const first = Buffer.from((await reader.read()).value as Uint8Array).toString()
    const next = outcomeOf(reader.read())
    controller.abort()
    return { first, next: await next, closed: await outcomeOf(reader.closed), connection: await place.hungUp() }
  }),
  row('aborted before the body is read', async (fetch, place) => {
    const controller = new AbortController()
    const response = await fetch(`${place.url}/drip`, { signal: controller.signal })
    controller.abort('early')
    return { text: await outcomeOf(response.text()), connection: await place.hungUp() }
  }),
  row('aborted, and nobody asks for the body', async (fetch, place) => {
    const controller = new AbortController()
    const response = await fetch(`${place.url}/drip`, { signal: controller.signal })
    const { closed } = (response.body as ReadableStream<Uint8Array>).getReader()
    controller.abort('early')
    return outcomeOf(closed)
  }),
  row('aborted with a clone', async (fetch, place) => {
    const controller = new AbortController()
    const response = await fetch(`${place.url}/drip`, { signal: controller.signal })
    const copy = response.clone()
    const texts = [outcomeOf(response.text()), outcomeOf(copy.text())]
    controller.abort('both')
    return Promise.all(texts)
  }),
  row('aborted after the body', async (fetch, place) => {
    const controller = new AbortController()
    const response = await fetch(place.url, { signal: controller.signal })
    const text = await response.text()
    controller.abort()
    return { text, response: response.status, used: response.bodyUsed }
  }),
  row(
    'aborted after the body came, before it is read',
    async (fetch, place) => {
      const controller = new AbortController()
      const response = await fetch(place.url, { signal: controller.signal })
      await place.answered()
      // What has been sent is taken in at the next turn of this process, which is the server's too.
      for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve))
      controller.abort('late')
      return outcomeOf(response.text())
    },
    'a body that has come in whole can be read, whatever the signal says afterwards',
  ),
  row('a timeout', (fetch, place) => outcomeOf(fetch(`${place.url}/silent`, { signal: AbortSignal.timeout(30) }))),
  row('any of two signals', async (fetch, place) => {
    const controller = new AbortController()
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)])
    const call = outcomeOf(fetch(`${place.url}/silent`, { signal }))
    controller.abort(new Error('one of two'))
    return call
  }),
  row('the signal of a Request', async (fetch, place) => {
    const controller = new AbortController()
    const call = outcomeOf(fetch(new Request(`${place.url}/silent`, { signal: controller.signal })))
    controller.abort('by request')
    return call
  }),
  row('a Request that is aborted already', (fetch, place) =>
    answerTo(fetch(new Request(place.url, { signal: aborted('r') })), place),
  ),
  row("init's signal over the Request's", async (fetch, place) => {
    const request = new Request(place.url, { signal: aborted('r') })
    return describeResponse(await fetch(request, { signal: new AbortController().signal }))
  }),
  row("no signal over the Request's", async (fetch, place) =>
    describeResponse(await fetch(new Request(place.url, { signal: aborted('r') }), { signal: null })),
  ),
  row('a signal that is none', (fetch, place) => answerTo(fetch(place.url, { signal: {} as never }), place)),
  row('a call that fails leaves the controller alone', async (fetch, { closed }) => {
    const controller = new AbortController()
    const error = await fetch(closed, { signal: controller.signal }).catch((error: unknown) => error)
    return { error: describeError(error), aborted: controller.signal.aborted }
  }),
]
