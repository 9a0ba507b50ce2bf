import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { keepStderrTail, stderrTailLength } from '../../../src/arm/stderr-tail.ts'

function tailOf(...chunks: readonly string[]): string {
  const stderr = new PassThrough()
  const tail = keepStderrTail({ stderr })
  for (const chunk of chunks) stderr.emit('data', chunk)
  return tail()
}

describe('the last of stderr', () => {
  it('is nothing for a process that said nothing', () => {
    expect(tailOf()).toBe('')
    expect(tailOf(' \n')).toBe('')
    expect(keepStderrTail({ stderr: null })()).toBe('')
  })

  it('is put together from what came', () => {
    expect(tailOf('one ', 'two\n')).toBe('\nits stderr ended with:\none two')
  })

  it('is the end of what came, and does not grow', () => {
    const long = 'x'.repeat(stderrTailLength)
    expect(tailOf(long, long, 'end')).toBe(`\nits stderr ended with:\n${'x'.repeat(stderrTailLength - 3)}end`)
  })
})
