import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { follow } from '../../../src/cli/follow.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sessionbench-follow-'))
})
afterEach(() => rm(folder, { recursive: true }))

const readLog = () => readFile(join(folder, 'a.ndjson'), 'utf8').catch(() => '')

it('has written an event before anybody is told of it, and told everybody before more is measured', async () => {
  const order: string[] = []
  const events = async function* () {
    for (const name of ['one', 'two']) {
      order.push(`${name} measured, ${(await readLog()).split('\n').length - 1} written`)
      yield { name }
    }
  }
  const listener = (who: string) => (event: { readonly name: string }) =>
    void order.push(`${who} told of ${event.name}`)
  const listeners = [listener('fold'), listener('progress')]
  await follow(events(), { out: join(folder, 'a.json'), listeners, note: (line) => order.push(line) })
  expect(order).toEqual([
    'one measured, 0 written',
    'fold told of one',
    'progress told of one',
    'two measured, 1 written',
    'fold told of two',
    'progress told of two',
  ])
  expect(await readLog()).toBe('{"name":"one"}\n{"name":"two"}\n')
})

it('says where what was measured is, should a bug end it', async () => {
  const events = async function* () {
    yield { name: 'one' }
    throw new Error('a bug')
  }
  const notes: string[] = []
  const options = { out: join(folder, 'a.json'), listeners: [], note: (line: string) => void notes.push(line) }
  await expect(follow(events(), options)).rejects.toThrow('a bug')
  expect(notes).toEqual([expect.stringMatching(/what was measured until then is in .*a\.ndjson/)])
})
