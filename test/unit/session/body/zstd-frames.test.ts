import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ZstdFrames } from '../../../../src/session/body/zstd-frames.ts'

const { ZSTD_c_checksumFlag, ZSTD_c_compressionLevel, ZSTD_c_contentSizeFlag } = constants

/** A skippable frame of so many bytes. */
const skippable = (bytes: number) =>
  Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, bytes & 0xff, bytes >> 8, 0, 0]), Buffer.alloc(bytes, 0x28)])

const frame = fc.oneof(
  fc.nat(300).map(skippable),
  fc
    .record({
      kind: fc.constantFrom('same', 'text', 'noise'),
      bytes: fc.oneof(fc.nat(300), fc.nat(400_000)),
      checksum: fc.nat(1),
      size: fc.nat(1),
      level: fc.constantFrom(1, 3, 9),
    })
    .map(({ kind, bytes, checksum, size, level }) => {
      const noise = (n: number) => Math.floor(Math.sin(n) * 1e6) & 0xff
      const data = Uint8Array.from({ length: bytes }, (_, n) =>
        kind === 'same' ? 7 : kind === 'text' ? n % 97 : noise(n),
      )
      const params = {
        [ZSTD_c_checksumFlag]: checksum,
        [ZSTD_c_contentSizeFlag]: size,
        [ZSTD_c_compressionLevel]: level,
      }
      return zstdCompressSync(data, { params })
    }),
)

it('is complete at the end of each frame and nowhere else, in pieces of any size', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 50_000 }),
      (frames, size) => {
        const whole = Buffer.concat(frames)
        let end = 0
        const ends = new Set([0, ...frames.map(({ length }) => (end += length))])
        const followed = new ZstdFrames()
        for (let at = 0; at < whole.length; at += size) {
          followed.write(whole.subarray(at, at + size))
          expect(followed.complete).toBe(ends.has(Math.min(at + size, whole.length)))
        }
      },
    ),
    { numRuns: 60 },
  )
})

it('leaves what is no zstd to the decoder', () => {
  const followed = new ZstdFrames()
  followed.write(Buffer.from('no zstd at all'))
  expect(followed.complete).toBe(true)
})
