import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Pacer } from '../../../fixtures-server/pacer.ts'
import { FakeClock } from './fake-clock.ts'

function makePacer() {
  const clock = new FakeClock()
  const done: [string, number][] = []
  const pacer = new Pacer(clock)
  const at = (dueMs: number, name: string) => pacer.schedule(dueMs, () => done.push([name, clock.nowMs]))
  return { clock, pacer, done, at }
}

test('sleeps to the last stretch, then spins', () => {
  const { clock, done, at } = makePacer()
  at(20, 'a')
  clock.runAll()
  expect(clock.waits.slice(0, 2)).toEqual(['sleep 18', 'spin'])
  expect(done).toEqual([['a', 20]])
})

test('is idle when nothing is due', () => {
  const { clock, at } = makePacer()
  expect(clock.isIdle).toBe(true)
  at(1, 'a')
  expect(clock.isIdle).toBe(false)
  clock.runAll()
  expect(clock.isIdle).toBe(true)
})

test('an earlier event shortens the sleep, a later one does not touch it', () => {
  const { clock, done, at } = makePacer()
  at(100, 'late')
  at(200, 'later')
  at(10, 'early')
  expect(clock.waits).toEqual(['sleep 98', 'sleep 8'])
  clock.runAll()
  expect(done.map(([name]) => name)).toEqual(['early', 'late', 'later'])
})

test('an action that schedules others arms the clock once', () => {
  const { clock, pacer, done, at } = makePacer()
  pacer.schedule(5, () => {
    at(5, 'same time')
    at(50, 'later')
  })
  clock.runAll()
  expect(done).toEqual([
    ['same time', 5],
    ['later', 50],
  ])
})

test('dozes as long as it is asked to stay awake, leaving the core to whoever is to answer, then sleeps again', () => {
  const { clock, pacer, done, at } = makePacer()
  pacer.stayAwake(1)
  expect(clock.waits).toEqual(['doze'])
  at(20, 'a')
  clock.runAll()
  expect(new Set(clock.waits.slice(0, clock.waits.indexOf('sleep 17')))).toEqual(new Set(['doze']))
  expect(clock.waits.filter((wait) => wait.startsWith('sleep'))).toEqual(['sleep 17'])
  expect(done).toEqual([['a', 20]])
})

test('spins while awake for what is due before a doze could be over', () => {
  const { clock, pacer, done, at } = makePacer()
  pacer.stayAwake(5)
  at(2, 'a')
  clock.runAll()
  expect(clock.waits.slice(0, 2)).toEqual(['doze', 'spin'])
  expect(done).toEqual([['a', 2]])
})

test('runs any schedule in order of due time, ties in order of scheduling, never early', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), (dueTimes) => {
      const { clock, done, at } = makePacer()
      for (const [i, dueMs] of dueTimes.entries()) at(dueMs, String(i))
      clock.runAll()
      const expected = [...dueTimes.keys()].sort((a, b) => (dueTimes[a] as number) - (dueTimes[b] as number) || a - b)
      expect(done.map(([name]) => Number(name))).toEqual(expected)
      for (const [name, atMs] of done) expect(atMs).toBeGreaterThanOrEqual(dueTimes[Number(name)] as number)
    }),
  )
})
