import { describe, expect, it } from 'vitest'
import { judgeDestination, makeReach, noReach } from '../../../src/plan/reach.ts'

describe('judgeDestination', () => {
  const allowed = ['Staging.example.org', '10.0.0.7', '[2001:db8::7]']

  it.each([
    ['this machine', { address: '127.0.0.1' }, 'own'],
    ['this machine by IPv6', { address: '::1' }, 'own'],
    ['this machine by name', { name: 'localhost' }, 'own'],
    ['a name that leads to this machine', { name: 'shop.test', address: '127.0.0.1' }, 'own'],
    ['localhost that leads elsewhere', { name: 'localhost', address: '10.0.0.8' }, 'refused'],
    ['an allowed name', { name: 'staging.example.org' }, 'allowed'],
    ['an allowed name at any address', { name: 'STAGING.example.org.', address: '10.0.0.8' }, 'allowed'],
    ['an allowed address', { address: '10.0.0.7' }, 'allowed'],
    ['an allowed address under another name', { name: 'example.org', address: '10.0.0.7' }, 'allowed'],
    ['an allowed address as a socket for both kinds names it', { address: '::ffff:10.0.0.7' }, 'allowed'],
    ['an allowed address of IPv6', { address: '2001:db8:0::7' }, 'allowed'],
    ['another name', { name: 'example.org' }, 'refused'],
    ['a name below an allowed one', { name: 'a.staging.example.org' }, 'refused'],
    ['a name that begins as an allowed one', { name: 'staging.example.org.evil.test' }, 'refused'],
    ['another address', { address: '10.0.0.70' }, 'refused'],
    ['nothing', {}, 'refused'],
  ] as const)('%s: %j is %s', (_, destination, verdict) => {
    expect(judgeDestination(destination, allowed)).toBe(verdict)
  })

  it('allows nobody unless told to', () => {
    expect(judgeDestination({ name: 'example.org', address: '93.184.216.34' }, noReach.hosts)).toBe('refused')
  })
})

describe('makeReach', () => {
  const caps = { maxRate: 50, maxConnections: 10 }

  it("caps every server that is somebody else's, also when the target is on this machine", () => {
    expect(makeReach({})).toEqual({ hosts: [], ...caps })
    expect(makeReach({ allowedHosts: ['a.test'] })).toEqual({ hosts: ['a.test'], ...caps })
  })

  it('takes the caps of the user', () => {
    expect(makeReach({ maxRate: 7, maxConnections: 3 })).toEqual({ hosts: [], maxRate: 7, maxConnections: 3 })
  })
})
