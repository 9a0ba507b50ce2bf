import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bag, type BagMember } from '../../../src/session/bag.ts'

class Member implements BagMember {
  place = -1
}

describe('Bag', () => {
  it('holds what a Set would hold, whatever comes and goes', () => {
    const step = fc.record({ kind: fc.constantFrom('add', 'delete'), which: fc.nat(9) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const members = Array.from({ length: 10 }, () => new Member())
        const [bag, set] = [new Bag<Member>(), new Set<Member>()]
        for (const { kind, which } of steps) {
          const member = members[which] as Member
          if (kind === 'delete') expect(bag.delete(member)).toBe(set.delete(member))
          else {
            bag.add(member)
            set.add(member)
          }
          expect(bag.size).toBe(set.size)
        }
        expect(new Set(bag)).toEqual(set)
        expect(members.map((member) => bag.has(member))).toEqual(members.map((member) => set.has(member)))
      }),
    )
  })

  it('may change while somebody goes through it', () => {
    const bag = new Bag<Member>()
    const members = [new Member(), new Member(), new Member()]
    for (const member of members) bag.add(member)
    const seen: Member[] = []
    for (const member of bag) {
      seen.push(member)
      bag.delete(member)
    }
    expect(seen).toEqual(members)
    expect(bag.size).toBe(0)
  })

  // The reason why it exists. Should a Set keep as little one day, it can go.
  it('keeps a fraction of what a Set keeps from minor collections', () => {
    const program = fileURLToPath(new URL('keep-garbage.ts', import.meta.url))
    const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', program], { encoding: 'utf8' })
    expect(stderr).toBe('')
    const { bagBytes, setBytes } = JSON.parse(stdout)
    expect(setBytes).toBeGreaterThan(4_000_000)
    expect(bagBytes).toBeLessThan(setBytes / 4)
  })
})
