import { describe, expect, it } from 'vitest'
import { startMachineVitals } from '../../../src/probe/machine-vitals.ts'

type Files = Readonly<Record<string, string>>

const statOf = (ticks: string) => `cpu  ${ticks}\ncpu0 1 2 3\nintr 5 0\n`
const sockstat =
  'sockets: used 109\nTCP: inuse 31 orphan 0 tw 11317 alloc 31 mem 66\nUDP: inuse 0 mem 0\nTCP6: inuse 1 tw 9\n'
const linux: Files = {
  '/proc/stat': statOf('100 0 100 800 0 0 0 0 50 0'),
  '/proc/net/sockstat': sockstat,
  '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
}

function readBetween(before: Files, after: Files) {
  let files = before
  const stop = startMachineVitals((path) => files[path])
  files = after
  return stop()
}

describe('startMachineVitals', () => {
  it('reads steal and idle as shares of all ticks, sockets in TIME_WAIT and the port range', () => {
    const after = { ...linux, '/proc/stat': statOf('110 0 105 865 5 0 0 15 90 0') }
    const ports = { timeWaitSockets: 11_317, localPorts: 28_232 }
    // Waiting for a disk is idle: somebody else could use the time.
    expect(readBetween(linux, after)).toEqual({ cpuStealShare: 0.15, cpuIdleShare: 0.7, ...ports })
  })

  it.each([
    ['no tick has passed', statOf('100 0 100 800 0 0 0 0 50 0')],
    ['there is no line for all CPUs', 'cpu0 1 2 3\n'],
    ['the system tells no steal', 'cpu  100 0 100 801\n'],
    ['the line is garbage', statOf('a b c d e f g h')],
  ])('leaves steal and idle out when %s', (_, stat) => {
    const read = readBetween(linux, { ...linux, '/proc/stat': stat })
    expect(Object.keys(read)).toEqual(['timeWaitSockets', 'localPorts'])
  })

  it('has no negative steal when the count falls back', () => {
    const before = { ...linux, '/proc/stat': statOf('100 0 100 800 0 0 0 5 50 0') }
    const after = { ...linux, '/proc/stat': statOf('110 0 100 800 0 0 0 4 50 0') }
    expect(readBetween(before, after).cpuStealShare).toBe(0)
  })

  it('says nothing where the system tells nothing', () => {
    expect(readBetween({}, {})).toEqual({})
  })

  it('does not fail on the system that this runs on', () => {
    for (const value of Object.values(startMachineVitals()())) expect(value).toBeGreaterThanOrEqual(0)
  })
})
