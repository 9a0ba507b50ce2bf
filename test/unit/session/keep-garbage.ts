import { Bag, type BagMember } from '../../../src/session/bag.ts'

// A process of its own for bag.test.ts, with --expose-gc: how much of what has come and gone is still there after minor
// collections alone. Prints { setBytes, bagBytes }.

interface Collection {
  add(member: BagMember): unknown
  delete(member: BagMember): unknown
}

const collect = globalThis.gc as (options?: { readonly type: 'minor' }) => void

/** Fifty are in it at any time, as calls of a client are; each takes some 4 KB. */
function bytesKept(collection: Collection): number {
  const members: BagMember[] = []
  // It is old, as that of a client is.
  for (let n = 0; n < 4; n++) collect()
  const before = process.memoryUsage().heapUsed
  for (let round = 0; round < 60; round++) {
    for (let n = 0; n < 64; n++) {
      const member = { place: -1, ballast: new Array(500).fill(n) }
      collection.add(member)
      members.push(member)
      if (members.length > 50) collection.delete(members.shift() as BagMember)
    }
    collect({ type: 'minor' })
  }
  return process.memoryUsage().heapUsed - before
}

console.log(JSON.stringify({ setBytes: bytesKept(new Set()), bagBytes: bytesKept(new Bag()) }))
