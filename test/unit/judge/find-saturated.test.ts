import { expect, it } from 'vitest'
import { findSaturated } from '../../../src/judge/find-saturated.ts'

it.each([
  [0.95, 0.95, 'client and server'],
  [0.95, 0.9, 'client'],
  [0.9, 0.91, 'server'],
  [0.9, 0.9, 'neither'],
  [0.95, undefined, 'client'],
  [0.2, undefined, undefined],
])('client %s, server %s: %s', (client, server, expected) => {
  const known = server === undefined ? {} : { server: { cpuUsPerRequest: 1, eventLoopUtilization: server } }
  expect(findSaturated({ eventLoopUtilization: client, ...known })).toBe(expected)
})
