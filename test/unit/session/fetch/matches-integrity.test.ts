import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { matchesIntegrity } from '../../../../src/session/fetch/matches-integrity.ts'

const bytes = Buffer.from('alert(1)')
const digestOf = (algorithm: string, of: Uint8Array) => createHash(algorithm).update(of).digest('base64')
const right = (algorithm: string) => `${algorithm}-${digestOf(algorithm, bytes)}`
const wrong = (algorithm: string) => `${algorithm}-${digestOf(algorithm, Buffer.from('alert(2)'))}`

describe('matchesIntegrity', () => {
  it.each(['sha256', 'sha384', 'sha512'])('takes a body for its %s and for no other', (algorithm) => {
    expect(matchesIntegrity(bytes, right(algorithm))).toBe(true)
    expect(matchesIntegrity(bytes, wrong(algorithm))).toBe(false)
    expect(matchesIntegrity(bytes, `${algorithm}-`)).toBe(false)
  })

  it('counts the strongest that is named, whichever comes first', () => {
    expect(matchesIntegrity(bytes, `${right('sha256')} ${wrong('sha512')}`)).toBe(false)
    expect(matchesIntegrity(bytes, `${wrong('sha384')} ${right('sha512')} ${wrong('sha256')}`)).toBe(true)
    expect(matchesIntegrity(bytes, `${right('sha256')} ${wrong('sha384')}`)).toBe(false)
    const misnamed = right('sha512').replace('sha512', 'sha256')
    expect(matchesIntegrity(bytes, `${misnamed} ${wrong('sha512')}`)).toBe(false)
  })

  it('takes any of several of the strongest, between any blanks', () => {
    expect(matchesIntegrity(bytes, `${wrong('sha256')}\t\n${right('sha256')}`)).toBe(true)
    expect(matchesIntegrity(bytes, `  ${wrong('sha256')}\f\r `)).toBe(false)
  })

  it('refuses nothing where no algorithm is known', () => {
    for (const text of ['', ' ', 'md5-abc', 'xsha256-abc', `x${wrong('sha512')}`]) {
      expect(matchesIntegrity(bytes, text)).toBe(true)
    }
  })

  it('reads names in any case, options behind a ?, both alphabets and no padding', () => {
    expect(matchesIntegrity(bytes, right('sha256').replace('sha', 'SHA'))).toBe(true)
    expect(matchesIntegrity(bytes, `${right('sha384')}?ct=text/javascript`)).toBe(true)
    // Its hash has a +, a / and two = in it.
    const rich = Buffer.from('74')
    const plain = digestOf('sha512', rich)
    expect(plain).toMatch(/^(?=.*\+)(?=.*\/).*==$/)
    expect(matchesIntegrity(rich, `sha512-${plain.replaceAll('+', '-').replaceAll('/', '_')}`)).toBe(true)
    for (const padding of ['', '=']) expect(matchesIntegrity(rich, `sha512-${plain.replace('==', padding)}`)).toBe(true)
    expect(matchesIntegrity(rich, `sha512-${plain}=`)).toBe(false)
  })
})
