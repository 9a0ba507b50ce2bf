import { describe, expect, it } from 'vitest'
import { longestFailure, renderFailure } from '../../../src/arm/render-failure.ts'
import { UsageError } from '../../../src/bench-error.ts'

const withCause = (message: string, cause: unknown) => Object.assign(new Error(message), { cause })

describe('what an arm says when it failed', () => {
  it('is the message where that is for the user, else the stack', () => {
    expect(renderFailure(new UsageError('do this'))).toBe('do this')
    expect(renderFailure(new Error('why'))).toMatch(/^Error: why\n {4}at .*render-failure\.test\.ts/)
    expect(renderFailure('a text')).toBe("'a text'")
  })

  it('is of bounded length, and keeps its beginning and its end', () => {
    const text = renderFailure(new UsageError(`begin ${'x'.repeat(10_000_000)} end`))
    expect(text).toMatch(/^begin x+\n… \(9\d{6} more characters\) …\nx+ end$/)
    expect(text.length).toBeLessThan(longestFailure + 100)
    expect(renderFailure(new Error('y'.repeat(10_000_000))).length).toBeLessThan(longestFailure + 100)
  })

  it('ends though causes do not', () => {
    const first = withCause('first', undefined)
    const second = withCause('second', first)
    first.cause = second
    const text = renderFailure(first)
    expect(text).toMatch(/Error: first[\s\S]*caused by Error: second/)
    expect(text.length).toBeLessThan(longestFailure + 100)
  })

  it.each([
    ['null', null],
    ['without a prototype', Object.create(null)],
    [
      'that throws when it is looked at',
      new Proxy(new Error('no'), {
        get() {
          throw new Error('hands off')
        },
      }),
    ],
  ])('is some text for something %s', (_, thrown) => {
    expect(renderFailure(thrown)).not.toBe('')
  })
})
