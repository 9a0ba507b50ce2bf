import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { afterAll, describe, expect, it } from 'vitest'
import { findCasts } from '../../proofs/house/find-casts.ts'
import { findKnots } from '../../proofs/house/find-knots.ts'
import { findSpread } from '../../proofs/house/find-spread.ts'
import { findTwins } from '../../proofs/house/find-twins.ts'
import { findUnused } from '../../proofs/house/find-unused.ts'
import { functionsOf, mentionsOf, openHouse } from '../../proofs/house/open-house.ts'

const config = {
  compilerOptions: { allowImportingTsExtensions: true, noEmit: true, strict: true },
  include: ['../src', '.'],
}

const house = openHouse('/house', {
  fs: createVirtualFileSystem({
    '/house/test/tsconfig.json': JSON.stringify(config),
    '/house/src/index.ts': "export { walk } from './garden/walk.ts'",
    '/house/src/garden/walk.ts': `
      import type { Tree } from './tree.ts'
      import * as soil from './soil.ts'
      /** Not counted. */
      export function walk({ name }: Tree) {
        return soil.dig(name)
      }
      export interface Path { readonly from: Tree; readonly to: Tree; readonly maxSteps: number }`,
    '/house/src/garden/tree.ts': `
      import { walk } from './walk.ts'
      export interface Tree { readonly name: string }
      export const plant = (seed: unknown, lonely: { age: number }) => [seed as Tree, lonely as unknown as Tree, seed as string]
      export const both = async () => {
        const { late } = await import('./soil.ts')
        return [walk, late, ['x'] as const]
      }`,
    '/house/src/garden/soil.ts': `
      export const dig = (depth: string) => depth
      export const late = 1
      export const unused = 2
      export const worker = new URL('./stone.ts', import.meta.url)`,
    '/house/src/garden/stone.ts': 'export default 1',
    '/house/src/cli/commands/run.ts': "import { both } from '../../garden/tree.ts'\nboth()",
    '/house/src/cli/commands/tune.ts': "import type { Path } from '../../pond.ts'\nexport type Own = Path",
    '/house/src/cli/commands/check.ts': "import '../../pond.ts'\nimport './list.ts'\nimport '../../garden/stone.ts'",
    '/house/src/cli/commands/list.ts': '',
    '/house/src/pond.ts': `
      import type { Tree } from './garden/tree.ts'
      export interface Path { to: Tree; from: Tree; maxSteps: number }`,
    '/house/test/tree.test.ts': "import { plant } from '../src/garden/tree.ts'\nplant(1, { age: 2 })",
  }),
})
afterAll(() => house[Symbol.dispose]())

describe('the measures of the house', () => {
  it('finds exports that nobody takes, and those that tests alone take', () => {
    expect(findUnused(house)).toEqual({
      byNobody: [
        'src/cli/commands/tune.ts: Own',
        'src/garden/soil.ts: unused',
        'src/garden/soil.ts: worker',
        'src/garden/walk.ts: Path',
      ],
      byTestsOnly: ['src/garden/tree.ts: plant'],
    })
  })

  it('finds circles of imports, and tells those that types alone close', () => {
    expect(findKnots(house)).toEqual([{ files: ['src/garden/tree.ts', 'src/garden/walk.ts'], isTypeOnly: true }])
  })

  it('counts casts but `as const`, and finds those that give a shape of its own', () => {
    const { perRoom, toShapes } = findCasts(house)
    expect([...perRoom]).toEqual([['garden', 4]])
    expect(toShapes.map((text) => text.replace(/^\S+ /, ''))).toEqual(['seed as Tree', 'lonely as unknown as Tree'])
  })

  it('finds types of one name and of one shape, whatever the order of their members', () => {
    expect(findTwins(house)).toEqual({
      sameName: ['Path: src/garden/walk.ts, src/pond.ts'],
      sameShape: ['src/garden/walk.ts: Path = src/pond.ts: Path'],
    })
  })

  it('finds what a question reaches beyond run, and what of it no other command does', () => {
    expect(findSpread(house).filter(({ beyondRun }) => beyondRun.length > 0)).toEqual([
      {
        question: 'check',
        beyondRun: ['src/cli/commands/check.ts', 'src/cli/commands/list.ts', 'src/pond.ts'],
        rooms: ['cli', 'src'],
        alone: ['src/cli/commands/check.ts'],
      },
      {
        question: 'tune',
        beyondRun: ['src/cli/commands/tune.ts', 'src/pond.ts'],
        rooms: ['cli', 'src'],
        alone: ['src/cli/commands/tune.ts'],
      },
    ])
  })

  it('finds who mentions an option, and how long functions are', () => {
    expect([...mentionsOf(house, ['maxSteps'])]).toEqual([['maxSteps', ['src/garden/walk.ts', 'src/pond.ts']]])
    const walk = house.own.find(({ path }) => path === 'src/garden/walk.ts')
    expect(walk && functionsOf(walk)).toEqual([{ name: 'walk', place: 'src/garden/walk.ts:5', lines: 3 }])
  })
})
