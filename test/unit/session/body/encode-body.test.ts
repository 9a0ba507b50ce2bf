import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { digest, get, InvalidHeader, InvalidOption, Session } from 'sessionbench/session'
import { describe, expect, it } from 'vitest'
import { type BodyOptions, encodeBody } from '../../../../src/session/body/encode-body.ts'
import { HttpHeaders } from '../../../../src/session/head/headers.ts'
import { encodeParams, makeQuery, readParams } from '../../../../src/session/head/params.ts'

/** What was wrong, as `path: expected, received`. */
function problemsOf(work: () => unknown): string[] {
  try {
    work()
  } catch (error) {
    if (error instanceof InvalidOption)
      return error.problems.map(({ path, expected, received }) => `${path}: ${expected}, ${received}`)
    throw error
  }
  return []
}

const text = 'text, a number, a bigint or a boolean'

class Colour {
  readonly name = 'red'
}

/** What has no text, and how an error calls it. */
const textless: readonly (readonly [value: unknown, received: string])[] = [
  [{ a: 1 }, 'an object'],
  [Object.create(null), 'an object'],
  [new Colour(), 'an object (Colour)'],
  [new Date(0), 'an object (Date)'],
  [new URL('http://h/'), 'an object (URL)'],
  [new Map([['a', 'b']]), 'an object (Map)'],
  [Promise.resolve('x'), 'an object (Promise)'],
  [() => 'x', 'a function'],
  [Symbol('x'), 'a symbol'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
]

describe('what has no text of its own is refused', () => {
  it.each(textless)('%s', (value, received) => {
    for (const name of ['params', 'form'] as const) {
      const read = (input: unknown) =>
        name === 'params' ? readParams(input as never) : encodeBody({ form: input } as BodyOptions)
      expect(problemsOf(() => read({ ok: 'x', a: value }))).toEqual([`${name}.a: ${text}, ${received}`])
      expect(problemsOf(() => read({ a: ['x', value] }))).toEqual([`${name}.a: ${text}, ${received}`])
      expect(problemsOf(() => read([['a', value]]))).toEqual([`${name}.a: ${text}, ${received}`])
    }
    const field = `${text}, bytes, a Blob, a stream or { content, filename, contentType }`
    for (const input of [{ a: value }, { a: ['x', value] }, [['a', value]]]) {
      expect(problemsOf(() => encodeBody({ multipart: input } as BodyOptions))).toEqual([
        `multipart.a: ${field}, ${received}`,
      ])
    }
    expect(problemsOf(() => encodeBody({ multipart: { a: { content: value } } } as never))).toEqual([
      `multipart.a.content: text, bytes, a Blob or a stream, ${received}`,
    ])
    for (const one of [value, ['x', value]]) {
      expect(() => new HttpHeaders({ 'X-A': one } as never)).toThrow(InvalidHeader)
      expect(() => new HttpHeaders().set('X-A', one as never)).toThrow(received)
      expect(() => new HttpHeaders([['X-A', one]] as never)).toThrow(
        `Header "X-A" cannot be sent: its value must be ${text}`,
      )
    }
  })

  it('also a list in a list, and all at once', () => {
    expect(problemsOf(() => readParams({ a: [['b']], c: Number.NaN } as never))).toEqual([
      `params.a: ${text}, a list of 1`,
      `params.c: ${text}, NaN`,
    ])
  })

  it('and a call with it sends nothing', async () => {
    await using session = new Session({ baseUrl: 'http://127.0.0.1:9' })
    for (const options of [{ params: { a: new Date() } }, { form: { a: {} } }, { multipart: { a: () => 1 } }]) {
      await expect(session.post('/', options as never)).rejects.toBeInstanceOf(InvalidOption)
    }
    await expect(session.get('/', { headers: { a: {} } } as never)).rejects.toBeInstanceOf(InvalidHeader)
    for (const cookies of [new Map([['a', 'b']]), { a: 1 }, [['a', 'b']], new URLSearchParams('a=b')]) {
      await expect(session.get('/', { cookies } as never)).rejects.toBeInstanceOf(InvalidOption)
    }
    expect(() => new Session({ params: { a: new Date() } } as never)).toThrow('params.a: text')
    for (const other of [undefined, null, 7, {}, [], Symbol('x'), new Request('http://h/')] as never[]) {
      await expect(session.request(other, '/')).rejects.toMatchObject({ code: 'INVALID_METHOD' })
      await expect(session.get(other)).rejects.toMatchObject({ code: 'INVALID_URL' })
      await expect(get(other)).rejects.toMatchObject({ code: 'INVALID_URL' })
      expect(() => digest(other, 'x')).toThrow(InvalidOption)
      expect(() => digest('x', other)).toThrow(InvalidOption)
      expect(() => session.cookies.set(other, 'x')).toThrow(InvalidOption)
    }
  })
})

describe('what has one text is sent as it', () => {
  const values = { a: 'x y', b: 1.5, c: 10n ** 20n, d: false, e: -0, f: '' }
  const query = 'a=x+y&b=1.5&c=100000000000000000000&d=false&e=0&f='

  it('in params, forms, fields and headers', async () => {
    expect(encodeParams(readParams(values))).toBe(query)
    expect(encodeParams(readParams(Object.entries(values)))).toBe(query)
    expect(encodeParams(readParams(new Map(Object.entries(values))))).toBe(query)
    expect(encodeBody({ form: values }).body).toBe(query)
    const { body, contentType } = encodeBody({ multipart: values })
    const fields = await new Response(body as Blob, { headers: { 'content-type': contentType as string } }).formData()
    expect(new URLSearchParams([...fields] as [string, string][]).toString()).toBe(query)
    const headers = new HttpHeaders({ ...values, g: ['x', 1, true, 2n] })
    expect([headers.get('c'), headers.get('d'), headers.get('g')]).toEqual([
      '100000000000000000000',
      'false',
      'x, 1, true, 2',
    ])
  })

  it('null and undefined are left out of lists, forms and fields', async () => {
    const some = { a: ['x', null, undefined, 'y'], b: null, c: undefined, d: [] }
    expect(encodeParams(readParams(some))).toBe('a=x&a=y')
    expect(encodeBody({ form: some }).body).toBe('a=x&a=y')
    expect(await (encodeBody({ multipart: some }).body as Blob).text()).not.toContain('null')
  })
})

describe('what is no record and no pairs is refused', () => {
  const inputs = [
    new Date(),
    Promise.resolve({}),
    new Blob(['a=b']),
    Readable.from(['a=b']),
    new ReadableStream(),
    new ArrayBuffer(2),
    ['ab', 'cd'],
    [['a', 'b', 'c']],
    [['a']],
    [[1, 'x']],
    new Set(['ab']),
    Buffer.from('ab'),
  ]
  it.each(inputs)('%s', (input) => {
    expect(problemsOf(() => readParams(input as never))).toHaveLength(1)
    expect(problemsOf(() => encodeBody({ form: input as never }))).toHaveLength(1)
    expect(problemsOf(() => encodeBody({ multipart: input as never }))).toHaveLength(1)
    expect(() => new HttpHeaders(input as never)).toThrow(InvalidOption)
  })
})

describe('json', () => {
  it.each([
    [Promise.resolve(1), 'an object (Promise)'],
    [new Map(), 'an object (Map)'],
    [new Set([1]), 'an object (Set)'],
    [new FormData(), 'an object (FormData)'],
    [new URLSearchParams('a=b'), 'an object (URLSearchParams)'],
    [new Blob(['{}']), 'an object (Blob)'],
    [Buffer.from('{}'), 'an object (Buffer)'],
    [Readable.from(['{}']), 'an object (Readable)'],
    [() => 1, 'a function'],
    [Symbol('x'), 'a symbol'],
  ])('of %s is refused', (json, received) => {
    expect(problemsOf(() => encodeBody({ json }))).toEqual([`json: a value that JSON can hold, ${received}`])
  })

  it('null is JSON, and one body', () => {
    expect(encodeBody({ json: null }).body).toBe('null')
    expect(problemsOf(() => encodeBody({ json: null, body: 'x' }))).toEqual(['json, body: one form of body, 2'])
  })
})

describe('text of the caller’s own', () => {
  it('is a form as it is', () => {
    expect(encodeBody({ form: 'a=1&b=%20+&c' })).toEqual({
      body: 'a=1&b=%20+&c',
      contentType: 'application/x-www-form-urlencoded',
      claim: 'given',
      replayable: true,
    })
  })

  it('is a query as it is, over the session’s parameters of the same names', () => {
    const defaults = readParams({ a: 'default', z: 'kept' })
    expect(makeQuery([], 'sig=a%20b+c&flag')).toBe('sig=a%20b+c&flag')
    expect(makeQuery(defaults, '?a=1&a=2')).toBe('z=kept&a=1&a=2')
    expect(makeQuery(defaults, '')).toBe('a=default&z=kept')
    expect(makeQuery([], 'q=ü #1\r\nX: y')).toBe('q=%C3%BC%20%231%0D%0AX:%20y')
    expect(encodeParams(readParams('a=1&b=x%20y'))).toBe('a=1&b=x+y')
  })
})

describe('a stream', () => {
  it('that has been read is refused: it would be sent as nothing', async () => {
    const read = Readable.from(['x'])
    for await (const piece of read) expect(piece).toBe('x')
    const destroyed = Readable.from(['x'])
    destroyed.destroy()
    const locked = new Blob(['x']).stream()
    locked.getReader()
    const web = new Blob(['x']).stream()
    for await (const piece of web) expect(piece.length).toBe(1)
    for (const stream of [read, destroyed, locked, web]) {
      const expected = [expect.stringContaining('a stream that nobody has read or reads')]
      expect(problemsOf(() => encodeBody({ body: stream }))).toEqual(expected)
      expect(problemsOf(() => encodeBody({ multipart: { a: stream } }))).toEqual(expected)
      expect(problemsOf(() => encodeBody({ multipart: { a: { content: stream } } }))).toEqual(expected)
    }
  })

  it('that is empty, or begun, is not', async () => {
    const empty = new ReadableStream({ start: (controller) => controller.close() })
    const begun = Readable.from(['x', 'y'])
    for await (const piece of begun.iterator({ destroyOnReturn: false })) {
      expect(piece).toBe('x')
      break
    }
    for (const body of [empty, begun, Readable.from([])]) expect(problemsOf(() => encodeBody({ body }))).toEqual([])
  })

  it('in a form of fields is let go when the body is, read or not', async () => {
    const streams = [createReadStream(import.meta.filename), Readable.from(['x'])]
    const { body } = encodeBody({ multipart: { a: streams } })
    ;(body as Readable).destroy()
    for (const stream of streams) await expect.poll(() => stream.destroyed).toBe(true)
  })
})

it('any view on memory is bytes', () => {
  const memory = new Uint8Array([1, 2, 3, 4]).buffer
  for (const view of [new Uint16Array(memory, 2, 1), new DataView(memory, 2, 2), new Uint8Array(memory, 2)]) {
    expect([...(encodeBody({ body: view }).body as Uint8Array)]).toEqual([3, 4])
  }
})
