import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { settleResult } from '../../../src/engine/settle-result.ts'

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

  it('fails as the body fails', async () => {
    const response = { status: 200, bytes: () => Promise.reject(new Error('cut off')) }
    await expect(settleResult(response)).rejects.toThrow('cut off')
  })
})
