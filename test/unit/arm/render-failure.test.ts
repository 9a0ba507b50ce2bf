import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { longestFailure, renderFailure } from '../../../src/arm/render-failure.ts'
import { UsageError } from '../../../src/bench-error.ts'

const withCause = (message: string, cause: unknown) => Object.assign(new Error(message), { cause })

describe('what an arm says when it failed', () => {
  it('is the message where that is for the user, else the stack', () => {
    expect(renderFailure(new UsageError('do this'), 'closing')).toBe('do this')
    expect(renderFailure(new Error('why'), 'closing')).toMatch(/^Error: why\n {4}at .*render-failure\.test\.ts/)
  })

  it('is of bounded length, and keeps its beginning and its end', () => {
    const text = renderFailure(new UsageError(`begin ${'x'.repeat(10_000_000)} end`), 'closing')
    expect(text).toMatch(/^begin x+\n… \(9\d{6} more characters\) …\nx+ end$/)
    expect(text.length).toBeLessThan(longestFailure + 100)
    expect(renderFailure(new Error('y'.repeat(10_000_000)), 'closing').length).toBeLessThan(longestFailure + 100)
  })

  it('ends though causes do not', () => {
    const first = withCause('first', undefined)
    const second = withCause('second', first)
    first.cause = second
    const text = renderFailure(first, 'closing')
    expect(text).toMatch(/Error: first[\s\S]*caused by Error: second/)
    expect(text.length).toBeLessThan(longestFailure + 100)
  })

  const saboteur = (error: object) =>
    new Proxy(error, {
      get() {
        throw new Error('hands off')
      },
    })
  const noError = 'which is not an error'
  it.each<[string, unknown, string | RegExp]>([
    ['a text', 'a text', `'a text', ${noError}`],
    ['a number', 1, `1, ${noError}`],
    ['undefined', undefined, `undefined, ${noError}`],
    ['null', null, `null, ${noError}`],
    ['a symbol', Symbol('s'), `Symbol(s), ${noError}`],
    ['an object', { code: 7 }, `{ code: 7 }, ${noError}`],
    ['what has no prototype', Object.create(null), `[Object: null prototype] {}, ${noError}`],
    [
      'what has no text',
      {
        toString() {
          throw new Error('hands off')
        },
      },
      `{ toString: [Function: toString] }, ${noError}`,
    ],
    [
      'what cannot be inspected',
      {
        [inspect.custom]() {
          throw new Error('hands off')
        },
      },
      /threw \{ \[?Symbol\(nodejs\.util\.inspect\.custom\)\]?: .* \}, which is not an error$/,
    ],
    ['what refuses to be looked at', saboteur({}), /threw (Proxy\()?\{\}\)?, which is not an error$/],
    ['an error without its stack', Object.assign(new Error('why'), { stack: '' }), '[Error: why], which has no stack'],
    [
      'an error that refuses it',
      Object.defineProperty(new Error('why'), 'stack', {
        get() {
          throw new Error('hands off')
        },
      }),
      /threw (\[Error: why\], which has no stack|something that has no text)$/,
    ],
  ])('is where and what of %s', (_, thrown, expected) => {
    const said = renderFailure(thrown, 'import of /a.ts')
    if (typeof expected === 'string') expect(said).toBe(`the import of /a.ts threw ${expected}`)
    else expect(said).toMatch(expected)
  })

  it('is still the stack of an error whose cause refuses to be looked at', () => {
    for (const cause of [saboteur(new Error('no')), { [inspect.custom]: () => fail() }]) {
      expect(renderFailure(withCause('first', cause), 'closing')).toMatch(/^Error: first\n {4}at [\s\S]*\ncaused by /)
    }
  })
})

function fail(): never {
  throw new Error('hands off')
}
