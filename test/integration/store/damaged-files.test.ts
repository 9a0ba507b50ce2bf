import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { damage } from './damage.ts'
import { makeReadBacks, useAll } from './read-back.ts'

// More by hand: DAMAGES=20000 vitest run … damaged-files
const damages = Number(process.env.DAMAGES ?? 30)
const firstSeed = Number(process.env.DAMAGE_SEED ?? 1)

const folder = mkdtempSync(join(tmpdir(), 'sessionbench-damage-'))
afterAll(() => rm(folder, { recursive: true }))

describe.each(Object.entries(makeReadBacks(folder)))('%s', (_, { document, commands, render = JSON.stringify }) => {
  const path = join(folder, 'file.json')

  it('is read where it is whole', async () => {
    writeFileSync(path, render(document))
    expect(await useAll(commands, path)).toEqual([])
  })

  it('is bad input, never a bug, where something in it is damaged', async () => {
    for (let seed = firstSeed; seed < firstSeed + damages; seed++) {
      writeFileSync(path, render(damage(document, seed)))
      expect(await useAll(commands, path), `seed ${seed}`).toEqual([])
    }
  })
})
