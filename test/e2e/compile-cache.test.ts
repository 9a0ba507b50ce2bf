import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCli } from './run-cli.ts'

/** Code that is read back from a folder is run: it may only be one that nobody else can write to. */
describe('compiled code is kept', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sessionbench-compiled-'))
    await mkdir(join(folder, 'shared'))
    await mkdir(join(folder, 'cache'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const list = async () => {
    const env = {
      TMPDIR: join(folder, 'shared'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      NODE_COMPILE_CACHE: '',
    }
    const { code, stdout, stderr } = await runCli(['list'], { env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/stateless-vs-session/)
    expect(await filesIn('shared')).toEqual([])
  }
  const filesIn = (path: string) => readdir(join(folder, path), { recursive: true })

  it("in the user's own cache, by every process, and never in the shared temporary folder", async () => {
    await list()
    expect((await filesIn('cache')).length).toBeGreaterThan(10)
    expect((await stat(join(folder, 'cache/sessionbench/compiled'))).mode & 0o777).toBe(0o700)
  })

  it.each([
    ['others can write to the folder', () => chmod(join(folder, 'cache'), 0o777)],
    [
      'it is a link',
      async () => {
        await mkdir(join(folder, 'theirs'))
        await symlink(join(folder, 'theirs'), join(folder, 'cache/sessionbench'))
      },
    ],
  ])('nowhere when %s', async (_, spoil) => {
    await spoil()
    const before = await filesIn('.')
    await list()
    expect(await filesIn('.')).toEqual(before)
  })
})
