import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { encodeMultipart, type MultipartInput } from '../../../../src/session/body/multipart.ts'

const folder = mkdtempSync(join(tmpdir(), 'multipart-'))
const path = join(folder, 'note.txt')
writeFileSync(path, 'from a file')
afterAll(() => rmSync(folder, { recursive: true }))

/** The body with `B` for the boundary, and what is announced. */
async function encode(input: MultipartInput) {
  const { body, contentType, replayable, lengthBytes } = encodeMultipart(input)
  const boundary = /^multipart\/form-data; boundary=(----sessionbench-[0-9a-f]{32})$/.exec(contentType)?.[1] as string
  const bytes = body instanceof Blob ? Buffer.from(await body.arrayBuffer()) : await buffer(body)
  const text = bytes.toString().replaceAll(boundary, 'B')
  return { text, replayable, lengthBytes, isBlob: body instanceof Blob, sentBytes: bytes.length }
}

const part = (head: string, content: string) => `--B\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`
const octets = '\r\nContent-Type: application/octet-stream'

describe('a part', () => {
  it.each<[string, MultipartInput, string]>([
    [
      'of text',
      { a: 'x', b: [1, true] },
      `${part('name="a"', 'x')}${part('name="b"', '1')}${part('name="b"', 'true')}`,
    ],
    ['of bytes', { a: Buffer.from('x') }, part(`name="a"; filename="blob"${octets}`, 'x')],
    ['of a Blob', { a: new Blob(['x']) }, part(`name="a"; filename="blob"${octets}`, 'x')],
    [
      'of a Blob with a type',
      { a: new Blob(['x'], { type: 'text/plain' }) },
      part('name="a"; filename="blob"\r\nContent-Type: text/plain', 'x'),
    ],
    [
      'of a File',
      { a: new File(['x'], 'x.txt', { type: 'text/plain' }) },
      part('name="a"; filename="x.txt"\r\nContent-Type: text/plain', 'x'),
    ],
    [
      'of text that is called a file',
      { a: { content: 'x', filename: 'x.bin' } },
      part(`name="a"; filename="x.bin"${octets}`, 'x'),
    ],
    ['of content with no name', { a: { content: 'x' } }, part('name="a"', 'x')],
    [
      'of content with a type only',
      { a: { content: 'x', contentType: 'a/b' } },
      part('name="a"\r\nContent-Type: a/b', 'x'),
    ],
    [
      'whose name and type win over its own',
      { a: { content: new File(['x'], 'x.txt', { type: 'text/plain' }), filename: 'y', contentType: 'a/b' } },
      part('name="a"; filename="y"\r\nContent-Type: a/b', 'x'),
    ],
    [
      'whose names hold quotes and ends of line',
      { 'a"\r\nb\rc\n': { content: 'x', filename: '"\n', contentType: 'a/b\r\nX: y' } },
      part('name="a%22%0D%0Ab%0D%0Ac%0D%0A"; filename="%22%0D%0A"\r\nContent-Type: a/bX: y', 'x'),
    ],
    ['from FormData', formDataOf('a', 'x'), part('name="a"', 'x')],
    ['of nothing', {}, ''],
  ])('%s', async (_, input, expected) => {
    const { text, ...rest } = await encode(input)
    expect(text).toBe(`${expected}--B--\r\n`)
    expect(rest).toMatchObject({ replayable: true, lengthBytes: undefined, isBlob: true })
  })
})

describe('a stream among the parts', () => {
  it('of a file has its name and, with all others, a length', async () => {
    const { text, ...rest } = await encode({
      a: createReadStream(path),
      b: 'é',
      c: new Blob(['x']),
      d: Buffer.from('y'),
    })
    expect(text).toBe(
      `${part(`name="a"; filename="note.txt"${octets}`, 'from a file')}${part('name="b"', 'é')}${part(`name="c"; filename="blob"${octets}`, 'x')}${part(`name="d"; filename="blob"${octets}`, 'y')}--B--\r\n`,
    )
    expect(rest).toEqual({ replayable: false, isBlob: false, lengthBytes: rest.sentBytes, sentBytes: rest.sentBytes })
  })

  it('of a file’s part is that part, even if more comes', async () => {
    const { text, lengthBytes, sentBytes } = await encode({ a: createReadStream(path, { start: 5, end: 7 }) })
    expect(text).toContain('\r\n\r\na f\r\n')
    expect(lengthBytes).toBe(sentBytes)
    const growing = encodeMultipart({ a: createReadStream(path) })
    writeFileSync(path, 'from a file that has grown')
    expect((await buffer(growing.body as Readable)).length).toBe(growing.lengthBytes)
    writeFileSync(path, 'from a file')
  })

  it('of anything else has neither', async () => {
    const { text, lengthBytes, replayable } = await encode({ a: Readable.from(['x', Buffer.from('y')]) })
    expect(text).toBe(`${part(`name="a"; filename="blob"${octets}`, 'xy')}--B--\r\n`)
    expect([lengthBytes, replayable]).toEqual([undefined, false])
  })

  it('must give bytes or text', async () => {
    const { body } = encodeMultipart({ a: Readable.from([{ no: 'bytes' }]) })
    await expect(buffer(body as Readable)).rejects.toThrow('a stream must give bytes or text, it gave an object')
  })
})

it.each([
  [{ content: 'x', filename: 5 }, 'multipart.a.filename: expected text'],
  [{ content: 'x', contentType: {} }, 'multipart.a.contentType: expected text'],
])('%j is refused: %s', (file, message) => {
  expect(() => encodeMultipart({ a: file } as never)).toThrow(message)
})

function formDataOf(name: string, value: string): FormData {
  const form = new FormData()
  form.append(name, value)
  return form
}
