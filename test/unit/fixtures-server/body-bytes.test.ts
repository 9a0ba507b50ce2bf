import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BodyBytes } from '../../../fixtures-server/body-bytes.ts'

test('pieces come out as one, and stay what they were', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)))
  fc.assert(
    fc.property(pieces, (list) => {
      const before = list.map((piece) => piece.toString('hex'))
      const body = new BodyBytes()
      for (const [i, piece] of list.entries()) {
        body.add(piece)
        expect(body.bytes).toEqual(Buffer.concat(list.slice(0, i + 1)))
      }
      expect(list.map((piece) => piece.toString('hex'))).toEqual(before)
      body.clear()
      expect(body.bytes.length).toBe(0)
    }),
  )
})

test('one piece is not copied, and millions take no more room than they need', () => {
  const piece = Buffer.from('whole')
  const one = new BodyBytes()
  one.add(piece)
  expect(one.bytes).toBe(piece)
  const many = new BodyBytes()
  for (let i = 0; i < 1_000_000; i++) many.add(piece.subarray(i % 5, (i % 5) + 1))
  expect(many.bytes.toString()).toBe('whole'.repeat(200_000))
  expect(many.bytes.buffer.byteLength).toBeLessThan(2_500_000)
})
