import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { doubtFolder, doubtParent, openOwnFolder } from '../../../src/store/own-folder.ts'

const own = 1_000
const other = 1_001
const stats = (uid: number, mode: number, isFolder = true) => ({ uid, mode, isDirectory: () => isFolder })

describe('doubtFolder', () => {
  it.each([
    ['its own, private', stats(own, 0o40700), undefined],
    ['its own, readable', stats(own, 0o40755), undefined],
    ['a link', stats(own, 0o120777, false), 'is no folder'],
    ["another user's", stats(other, 0o40700), 'belongs to another user'],
    ["root's", stats(0, 0o40755), 'belongs to another user'],
    ['writable by its group', stats(own, 0o40770), 'can be written by other users'],
    ['writable by all', stats(own, 0o40702), 'can be written by other users'],
    ['writable by all and sticky', stats(own, 0o41777), 'can be written by other users'],
  ])('%s', (_, found, doubt) => {
    expect(doubtFolder(found, own)).toBe(doubt)
  })
})

describe('doubtParent', () => {
  it.each([
    ['its own', stats(own, 0o40755), undefined],
    ["root's", stats(0, 0o40755), undefined],
    ["root's, sticky, as /tmp is", stats(0, 0o41777), undefined],
    ["another user's, who can rename what is in it", stats(other, 0o40755), 'belongs to another user'],
    ["another user's, sticky", stats(other, 0o41777), 'belongs to another user'],
    ["root's, writable by all", stats(0, 0o40777), 'can be written by other users'],
    ['writable by its group', stats(own, 0o40775), 'can be written by other users'],
  ])('%s', (_, found, doubt) => {
    expect(doubtParent(found, own)).toBe(doubt)
  })
})

describe('openOwnFolder', () => {
  let root = ''
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'sessionbench-own-')))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('makes it and all that it is in, for this user alone', () => {
    expect(openOwnFolder(join(root, 'cache'), ['a', 'b'])).toEqual({ folder: join(root, 'cache/a/b') })
    for (const folder of ['cache', 'cache/a', 'cache/a/b']) {
      expect(statSync(join(root, folder)).mode & 0o777, folder).toBe(0o700)
    }
  })

  it('opens one that is there', () => {
    openOwnFolder(root, ['a'])
    expect(openOwnFolder(root, ['a'])).toEqual({ folder: join(root, 'a') })
  })

  it('follows a link to the root, to where it leads then', () => {
    mkdirSync(join(root, 'elsewhere'))
    symlinkSync(join(root, 'elsewhere'), join(root, 'link'))
    expect(openOwnFolder(join(root, 'link'), ['a'])).toEqual({ folder: join(root, 'elsewhere/a') })
  })

  it('refuses a link in its own place, and writes nothing where it leads', () => {
    mkdirSync(join(root, 'elsewhere'))
    symlinkSync(join(root, 'elsewhere'), join(root, 'a'))
    expect(openOwnFolder(root, ['a', 'b'])).toEqual({ refusal: `${join(root, 'a')} is no folder` })
    expect(existsSync(join(root, 'elsewhere/b'))).toBe(false)
  })

  it('refuses one that others can write to, or that is in such a one', () => {
    mkdirSync(join(root, 'a/b'), { recursive: true })
    chmodSync(join(root, 'a'), 0o777)
    const refusal = `${join(root, 'a')} can be written by other users`
    expect(openOwnFolder(root, ['a', 'b'])).toEqual({ refusal })
    expect(openOwnFolder(join(root, 'a'), ['b'])).toEqual({ refusal })
  })

  it('says what the system said when it cannot be made', () => {
    expect(openOwnFolder('/dev/null/cache', ['a']).refusal).toMatch(/ENOTDIR/)
  })
})
