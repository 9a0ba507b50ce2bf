import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface LockedPackage {
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
}

const lock = new URL('../../package-lock.json', import.meta.url)
const { '': own, ...packages } = JSON.parse(readFileSync(lock, 'utf8')).packages as Readonly<
  Record<string, LockedPackage>
>

/** What `npm i sessionbench` brings beside it. */
const brought = Object.keys(packages).filter((path) => !packages[path]?.dev && !packages[path]?.devOptional)

it('brings few packages with it', () => {
  const names = Object.keys(own?.dependencies ?? {})
  expect(names.filter((name) => !brought.includes(`node_modules/${name}`))).toEqual([])
  expect(brought.length, brought.join('\n')).toBeLessThanOrEqual(90)
})
