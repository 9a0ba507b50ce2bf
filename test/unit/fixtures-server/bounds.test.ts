import { expect, test } from 'vitest'
import { BoundedMap } from '../../../fixtures-server/bounded-map.ts'
import { requestsBucket } from '../../../fixtures-server/ledger-snapshot.ts'
import { RequestLog } from '../../../fixtures-server/request-log.ts'

test('a bounded map forgets the oldest, but not what is only set again', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  map.set('c', 4)
  expect([...map.entries()]).toEqual([
    ['b', 2],
    ['c', 4],
  ])
})

test('the request log keeps the latest, oldest first', () => {
  const log = new RequestLog()
  const entry = { template: '/', status: 200, arrivedMs: 0, answeredMs: 0, injectedMs: 0 }
  for (let i = 0; i < 100_003; i++) log.add({ ...entry, id: String(i) })
  const ids = log.snapshot().map(({ id }) => id)
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([100_000, '3', '100002'])
})

test('requests per connection are counted exactly up to 16, then in doubling ranges', () => {
  expect([0, 1, 16, 17, 32, 33, 64, 65, 1_000].map(requestsBucket)).toEqual([
    '0',
    '1',
    '16',
    '17-32',
    '17-32',
    '33-64',
    '33-64',
    '65-128',
    '513-1024',
  ])
})
