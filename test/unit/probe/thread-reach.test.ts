import type { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { hearThreads, openThreadLine } from '../../../src/probe/thread-reach.ts'

it('hears what another thread said before its error ends the process', () => {
  const heard: string[] = []
  const end = hearThreads({ onStop: (reason) => heard.push(reason), onCount: (name) => heard.push(name) })
  const line = openThreadLine()
  line.onCount('h')
  line.onStop('refused')
  expect(heard).toEqual([])
  const events: EventEmitter = process
  events.emit('uncaughtExceptionMonitor', new Error('of that thread'), 'uncaughtException')
  expect(heard).toEqual(['h', 'refused'])
  end()
  expect(process.listenerCount('uncaughtExceptionMonitor')).toBe(0)
})
