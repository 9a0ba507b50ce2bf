import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeCached, openCacheFolder, shortHash } from '../../../src/compare/cache-folder.ts'

let cache = ''
beforeEach(() => {
  cache = realpathSync(mkdtempSync(join(tmpdir(), 'sessionbench-cache-')))
})
afterEach(() => rmSync(cache, { recursive: true }))

/** Higher than any process's. */
const noProcess = 2 ** 30
const own = shortHash(hostname())
const other = shortHash('another machine')

it('removes what a run left unfinished that is gone, and nothing that may still be made', async () => {
  const old = new Date(Date.now() - 2 * 86_400_000)
  const make = (name: string, madeAt = new Date()) => {
    mkdirSync(join(cache, name, 'node_modules'), { recursive: true })
    utimesSync(join(cache, name), madeAt, madeAt)
  }
  make(`.making-${own}-${noProcess}-1`)
  make(`.making-${own}-${process.pid}-2`)
  make(`.making-${other}-${noProcess}-3`)
  make(`.making-${other}-${noProcess}-4`, old)
  make('.making-0123456789ab', old)
  make('npm-undici-7.0.0', old)
  writeFileSync(join(cache, `.making-${own}-${noProcess}-1-index`), '')
  expect(await openCacheFolder(cache)).toEqual({ folder: cache, notes: [] })
  expect(readdirSync(cache)).toEqual([
    ...[`.making-${own}-${process.pid}-2`, `.making-${other}-${noProcess}-3`].toSorted(),
    'npm-undici-7.0.0',
  ])
})

it('says whose a folder is that is being made, so that it can be told from one that was left', async () => {
  await makeCached(cache, async (folder) => {
    expect(folder).toMatch(new RegExp(`/\\.making-${own}-${process.pid}-[0-9a-f]{12}$`))
    await openCacheFolder(cache)
    expect(existsSync(folder)).toBe(true)
    return 'made'
  })
  expect(readdirSync(cache)).toEqual(['made'])
})

it('keeps nothing where others could change it', async () => {
  chmodSync(cache, 0o777)
  const { folder, notes } = await openCacheFolder(join(cache, 'bases'))
  expect(folder).not.toContain(cache)
  expect(notes).toEqual([expect.stringMatching(/made for this run only.*can be written by other users/)])
  expect(readdirSync(cache)).toEqual([])
  // The next base of the same run finds the one before.
  expect((await openCacheFolder(join(cache, 'bases'))).folder).toBe(folder)
})
