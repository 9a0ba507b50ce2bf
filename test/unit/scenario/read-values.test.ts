import { describe, expect, it } from 'vitest'
import * as read from '../../../src/scenario/read-values.ts'

describe('readDuration', () => {
  it.each([
    ['500ms', 500],
    ['20s', 20_000],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['2min', 120_000],
  ])('%s is %i ms', (text, ms) => {
    expect(read.readDuration(text)).toBe(ms)
  })

  it.each(['', '5', 's', '-1s', '1h', '0s', '9999999s', 'NaNs', '1e3s'])('refuses %j with what it expects', (text) => {
    expect(() => read.readDuration(text)).toThrow(/expected a duration.*got/)
  })
})

describe('readInteger', () => {
  it.each(['', '1.5', '-1', '0', '101', 'x', '1e1'])('refuses %j between 1 and 100', (text) => {
    expect(() => read.readInteger(text, 1, 100)).toThrow(/whole number from 1 to 100/)
  })

  it('takes both limits', () => {
    expect([read.readInteger('1', 1, 100), read.readInteger('100', 1, 100)]).toEqual([1, 100])
  })
})

describe('readNumber', () => {
  it('takes fractions within the limits, and nothing else', () => {
    expect([read.readNumber('0.5', 0.01, 100), read.readNumber('100', 0.01, 100)]).toEqual([0.5, 100])
    for (const text of ['', '0', '101', '-1', '1e1', 'x']) {
      expect(() => read.readNumber(text, 0.01, 100)).toThrow(/expected a number/)
    }
  })
})

describe('lists', () => {
  it('reads round-trip times and protocols', () => {
    expect(read.readRtts('0,20, 5.5ms')).toEqual([0, 20, 5.5])
    expect(read.readProtocols('http,https')).toEqual(['http', 'https'])
  })

  it.each(['', '0,', 'x', '-1', '10001'])('refuses RTT %j', (text) => {
    expect(() => read.readRtts(text)).toThrow(/round-trip times/)
  })

  it('refuses an unknown protocol', () => {
    expect(() => read.readProtocols('http,ftp')).toThrow(/http or https or h2, got 'ftp'/)
  })
})

describe('readOrigin', () => {
  it.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost/', 'http://localhost'],
    ['https://[::1]:8443/base/', 'https://[::1]:8443/base'],
    ['http://[::ffff:127.0.0.1]:8080', 'http://[::ffff:7f00:1]:8080'],
  ])('takes %s', (text, origin) => {
    expect(read.readOrigin(text)).toBe(origin)
  })

  it.each(['example', 'ftp://localhost', 'http://localhost/?q=1', 'http://localhost/#x', ''])('refuses %j', (text) => {
    expect(() => read.readOrigin(text)).toThrow(/expected an http/)
  })

  it('refuses credentials without repeating them', () => {
    expect(() => read.readOrigin('http://me:secret@localhost')).toThrow(/^(?!.*secret).*user name/)
  })
})

it('of one page readPage takes the query too', () => {
  expect(read.readPage('http://localhost:3000/search?q=1')).toBe('http://localhost:3000/search?q=1')
  expect(() => read.readPage('http://localhost/#x')).toThrow(/expected an http/)
})
