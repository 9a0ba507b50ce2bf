import { describe, expect, it } from 'vitest'
import { SettledLines } from '../../../../src/session/policy/settled-lines.ts'

const source = { hostname: 'h.test', secure: false, defaultPath: '/a' }
const cookie = { name: 'n', domain: 'h.test', path: '/', hasDefaultPath: false }
const line = 'n=1; Path=/'

describe('a line that has been stored', () => {
  it('is settled for its host and scheme', () => {
    const settled = new SettledLines()
    expect(settled.has(line, source)).toBe(false)
    settled.add(line, source, cookie)
    expect(settled.has(line, source)).toBe(true)
    expect(settled.has('n=2; Path=/', source)).toBe(false)
    expect(settled.has(line, { ...source, hostname: 'g.test' })).toBe(false)
    expect(settled.has(line, { ...source, secure: true })).toBe(false)
  })

  it('means the same from everywhere on the host where it names a path, and else in its folder', () => {
    const settled = new SettledLines()
    settled.add(line, source, cookie)
    expect(settled.has(line, { ...source, defaultPath: '/b' })).toBe(true)
    settled.add('m=1', source, { ...cookie, name: 'm', path: '/a', hasDefaultPath: true })
    expect(settled.has('m=1', source)).toBe(true)
    expect(settled.has('m=1', { ...source, defaultPath: '/b' })).toBe(false)
    settled.add('refused', source, null)
    expect(settled.has('refused', source)).toBe(true)
    expect(settled.has('refused', { ...source, defaultPath: '/b' })).toBe(false)
  })

  it('is settled for each host that it came from', () => {
    const settled = new SettledLines()
    settled.add(line, source, cookie)
    settled.add(line, { ...source, hostname: 'g.test' }, { ...cookie, domain: 'g.test' })
    expect(settled.has(line, source)).toBe(true)
    expect(settled.has(line, { ...source, hostname: 'g.test' })).toBe(true)
  })

  it('is forgotten when another line sets its cookie, and only there', () => {
    const settled = new SettledLines()
    settled.add(line, source, cookie)
    settled.add(line, { ...source, hostname: 'g.test' }, { ...cookie, domain: 'g.test' })
    settled.add('n=2; Path=/', source, cookie)
    expect(settled.has('n=2; Path=/', source)).toBe(true)
    expect(settled.has(line, source)).toBe(false)
    expect(settled.has(line, { ...source, hostname: 'g.test' })).toBe(true)
    // Another cookie: of another name, path or domain.
    for (const other of [{ name: 'm' }, { path: '/b' }, { domain: 'test' }])
      settled.add('x', source, { ...cookie, ...other })
    expect(settled.has('n=2; Path=/', source)).toBe(true)
    settled.add(line, source, cookie)
    expect(settled.has('n=2; Path=/', source)).toBe(false)
    expect(settled.has(line, source)).toBe(true)
  })

  it('that was refused stands beside others of its host that were', () => {
    const settled = new SettledLines()
    settled.add('bad 1', source, null)
    settled.add('bad 2', source, null)
    expect([settled.has('bad 1', source), settled.has('bad 2', source)]).toEqual([true, true])
  })
})

it.each(['n=1; Max-Age=5', 'n=1;max-age=5', 'n=1;  MAX-AGE  = 5'])('%s counts anew each time', (aged) => {
  const settled = new SettledLines()
  settled.add(line, source, cookie)
  settled.add(aged, source, cookie)
  expect(settled.has(aged, source)).toBe(false)
  expect(settled.has(line, source)).toBe(false)
})

it('what only looks like an age is settled', () => {
  const settled = new SettledLines()
  settled.add('max-age=5', source, { ...cookie, name: 'max-age' })
  settled.add('n=1; max-age-x=5', source, cookie)
  expect(settled.has('max-age=5', source)).toBe(true)
  expect(settled.has('n=1; max-age-x=5', source)).toBe(true)
})

it('forgets all when the jar was changed, and when a thousand cookies are remembered', () => {
  const settled = new SettledLines()
  settled.add(line, source, cookie)
  settled.clear()
  expect(settled.has(line, source)).toBe(false)
  for (let nth = 0; nth < 1_000; nth++) settled.add(`c${nth}=1`, source, { ...cookie, name: `c${nth}` })
  expect([settled.has('c0=1', source), settled.has('c999=1', source)]).toEqual([true, true])
  settled.add(line, source, cookie)
  expect([settled.has('c0=1', source), settled.has(line, source)]).toEqual([false, true])
  settled.clear()
  for (let nth = 0; nth < 999; nth++) settled.add(`c${nth}=1`, source, { ...cookie, name: `c${nth}` })
  settled.add(line, source, cookie)
  expect(settled.has('c0=1', source)).toBe(true)
})
