import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { settleResult, settleStep } from '../../../src/engine/settle-result.ts'

describe('settleResult', () => {
  it.each([
    undefined,
    null,
    42,
    'text',
    {},
    { status: 'ok' },
    { status: 200, data: {} },
    { statusCode: 200, body: 'read' },
  ])('leaves %j alone, at once', (value) => {
    expect(settleResult(value)).toBeUndefined()
  })

  it('reads what fetch resolves to', async () => {
    const response = new Response('body')
    await settleResult(response)
    expect(response.bodyUsed).toBe(true)
    await expect(settleResult(new Response('no', { status: 404 }))).rejects.toThrow('the target answered 404')
  })

  it("reads what undici's request resolves to", async () => {
    let isRead = false
    const body = {
      async arrayBuffer() {
        isRead = true
      },
    }
    await settleResult({ statusCode: 200, body })
    expect(isRead).toBe(true)
    await expect(settleResult({ statusCode: 503, body })).rejects.toMatchObject({ name: 'StatusError' })
  })

  it('reads a stream with a status code, as node:http gives', async () => {
    const message = Object.assign(Readable.from(['a', 'b']), { statusCode: 200 })
    await settleResult(message)
    expect(message.readableEnded).toBe(true)
  })

  it('reads a stream whose status comes with its response, as of got', async () => {
    const streamed = (statusCode: number) =>
      new Readable({
        read() {
          Object.assign(this, { response: { statusCode, url: 'http://127.0.0.1/x' } })
          this.push('a')
          this.push(null)
        },
      })
    await settleResult(streamed(200))
    await expect(settleResult(streamed(503))).rejects.toMatchObject({ status: 503, url: 'http://127.0.0.1/x' })
    const read = streamed(404)
    await read.toArray()
    await expect(settleResult(read)).rejects.toMatchObject({ status: 404 })
    await expect(settleStep(streamed(500))).rejects.toMatchObject({ status: 500 })
  })

  it('fails as the body fails', async () => {
    const response = { status: 200, bytes: () => Promise.reject(new Error('cut off')) }
    await expect(settleResult(response)).rejects.toThrow('cut off')
  })
})
