import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeMethodPatch } from '../../../src/probe/method-patch.ts'

/** An owner of a method that says what it was called with. */
function makeOwner() {
  const calls: unknown[][] = []
  const owner = {
    add(this: unknown, a: number, b: number): number {
      calls.push([a, b])
      return a + b
    },
  }
  return { owner, calls, original: owner.add }
}

function makeHeard() {
  const heard: unknown[] = []
  return {
    heard,
    hear: ({ args, result }: { args: readonly unknown[]; result: unknown }) => heard.push([args, result]),
  }
}

describe('a patched method', () => {
  it('is the original until somebody listens, and again when nobody does', () => {
    const { owner, original } = makeOwner()
    let changes = 0
    const patch = makeMethodPatch(owner, 'add', () => changes++)
    expect(owner.add).toBe(original)
    const end = patch.listen(() => {})
    expect(owner.add).not.toBe(original)
    end()
    end()
    expect({ isBack: owner.add === original, changes }).toEqual({ isBack: true, changes: 2 })
  })

  it.each([
    ['first in, first out', [0, 1, 2]],
    ['last in, first out', [2, 1, 0]],
    ['the middle first', [1, 2, 0]],
  ])('tells those who still listen, whatever the order in which they end: %s', (_, order) => {
    const { owner, original } = makeOwner()
    const patch = makeMethodPatch(owner, 'add')
    const listening = [0, 1, 2].map(() => {
      const { heard, hear } = makeHeard()
      return { heard, end: patch.listen(hear) }
    })
    for (const index of order) {
      expect(owner.add(1, 2)).toBe(3)
      listening[index]?.end()
    }
    expect(owner.add(1, 2)).toBe(3)
    expect(order.map((index) => listening[index]?.heard.length)).toEqual([1, 2, 3])
    expect(owner.add).toBe(original)
  })

  it('has the arguments, the receiver, the result and the error of the original', () => {
    const failure = new Error('no')
    const owner = {
      run(this: unknown, ...args: unknown[]): unknown {
        if (args.length === 0) throw failure
        return [this, args]
      },
    }
    const heard: unknown[] = []
    const end = makeMethodPatch(owner, 'run').listen((call) => heard.push(call))
    const other = {}
    const result = owner.run.call(other, 1, 'b')
    expect(result).toEqual([other, [1, 'b']])
    expect(() => owner.run()).toThrow(failure)
    expect(heard).toEqual([{ self: other, args: [1, 'b'], result }])
    end()
  })

  it('looks like the original: name, length, text, properties, also those that are set meanwhile', () => {
    const owner = { send: Object.assign((a: number, b: number) => a + b, { retries: 3, [Symbol.for('mark')]: true }) }
    const original = owner.send
    const shape = ({ send }: typeof owner) => ({
      ...{ name: send.name, length: send.length, text: send.toString(), asText: `${send}` },
      ...{ keys: Reflect.ownKeys(send), descriptors: Object.getOwnPropertyDescriptors(send) },
      ...{
        prototype: Object.getPrototypeOf(send),
        property: Object.getOwnPropertyDescriptor(owner, 'send')?.enumerable,
      },
    })
    const before = shape(owner)
    const end = makeMethodPatch(owner, 'send').listen(() => {})
    expect(owner.send).not.toBe(original)
    expect(shape(owner)).toEqual(before)
    owner.send.retries = 4
    end()
    expect({ isBack: owner.send === original, retries: owner.send.retries }).toEqual({ isBack: true, retries: 4 })
  })

  it('can be promisified as before, by a form of its own too', async () => {
    const own = async (value: number) => value * 2
    const callback = (value: number, done: (error: null, value: number) => void) => done(null, value)
    const owner = { plain: callback, special: Object.assign(callback.bind(null), { [promisify.custom]: own }) }
    const { heard, hear } = makeHeard()
    const ends = [makeMethodPatch(owner, 'plain').listen(hear), makeMethodPatch(owner, 'special').listen(hear)]
    expect(promisify(owner.special)).toBe(own)
    expect(await promisify(owner.plain)(4)).toBe(4)
    expect(heard).toHaveLength(1)
    for (const end of ends) end()
  })

  it('goes back to what is inherited where the owner had none of its own', () => {
    const { owner: base } = makeOwner()
    const owner: typeof base = Object.create(base)
    const { heard, hear } = makeHeard()
    const end = makeMethodPatch(owner, 'add').listen(hear)
    expect([owner.add(1, 1), base.add(1, 1), heard.length]).toEqual([2, 2, 1])
    end()
    expect(Object.hasOwn(owner, 'add')).toBe(false)
  })
})

describe('a listener of a patched method', () => {
  it('that throws leaves the call and the other listeners alone; its error is thrown in a tick of its own', async () => {
    const { owner } = makeOwner()
    const patch = makeMethodPatch(owner, 'add')
    const { heard, hear } = makeHeard()
    const bug = new Error('a bug of the listener')
    const ends = [
      patch.listen(() => {
        throw bug
      }),
      patch.listen(hear),
    ]
    const thrown = Promise.withResolvers<unknown>()
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').once('uncaughtException', thrown.resolve)
    try {
      expect(owner.add(1, 2)).toBe(3)
      expect(heard).toHaveLength(1)
      expect(await thrown.promise).toBe(bug)
    } finally {
      for (const other of others) process.on('uncaughtException', other)
      for (const end of ends) end()
    }
  })

  it('is not told of a call any more that another one has ended it in', () => {
    const { owner } = makeOwner()
    const patch = makeMethodPatch(owner, 'add')
    const { heard, hear } = makeHeard()
    const ends: (() => void)[] = []
    ends.push(patch.listen(() => ends[1]?.()))
    ends.push(patch.listen(hear))
    owner.add(1, 2)
    expect(heard).toEqual([])
    ends[0]?.()
  })

  it('is told of calls that the method makes of itself, the inner ones first', () => {
    const owner = { down: (n: number): number => (n === 0 ? 0 : owner.down(n - 1)) }
    const { heard, hear } = makeHeard()
    const end = makeMethodPatch(owner, 'down').listen(hear)
    owner.down(2)
    end()
    expect(heard).toEqual([0, 1, 2].map((n) => [[n], 0]))
  })
})

/** Another tool that patches the method without knowing of anybody. */
function patchAsOthersDo<Owner extends { add: (a: number, b: number) => number }>(owner: Owner) {
  const before = owner.add
  let calls = 0
  owner.add = (...args) => {
    calls++
    return before.apply(owner, args)
  }
  return {
    calls: () => calls,
    undo: () => {
      owner.add = before
    },
  }
}

describe('beside the patch of another tool', () => {
  it('that came later and stays, the method is let through', () => {
    const { owner } = makeOwner()
    const { heard, hear } = makeHeard()
    const end = makeMethodPatch(owner, 'add').listen(hear)
    const other = patchAsOthersDo(owner)
    owner.add(1, 1)
    end()
    expect(owner.add(1, 1)).toBe(2)
    expect([heard.length, other.calls()]).toEqual([1, 2])
  })

  it('whoever listens again hears once, and still does when the other has undone its own', () => {
    const { owner, calls } = makeOwner()
    const patch = makeMethodPatch(owner, 'add')
    patch.listen(() => {})()
    const first = patch.listen(() => {})
    const other = patchAsOthersDo(owner)
    first()
    const { heard, hear } = makeHeard()
    const end = patch.listen(hear)
    owner.add(1, 1)
    other.undo()
    owner.add(1, 1)
    expect([heard.length, calls.length]).toEqual([2, 2])
    end()
  })

  it('that came before and undid itself, and us with it, the next listener makes all hear again', () => {
    const { owner, original } = makeOwner()
    const patch = makeMethodPatch(owner, 'add')
    const other = patchAsOthersDo(owner)
    const { heard, hear } = makeHeard()
    const ends = [patch.listen(hear)]
    other.undo()
    ends.push(patch.listen(hear))
    owner.add(1, 1)
    expect(heard).toHaveLength(2)
    for (const end of ends) end()
    expect(owner.add).toBe(original)
  })

  it('every call reaches the original once, and every listener at most once, in any order of coming and going', () => {
    const step = fc.record({ who: fc.nat({ max: 3 }), isTool: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { owner, calls } = makeOwner()
        const patch = makeMethodPatch(owner, 'add')
        const listening = new Map<number, { readonly heard: unknown[]; readonly end: () => void }>()
        const tools: ReturnType<typeof patchAsOthersDo>[] = []
        for (const { who, isTool } of steps) {
          const isNew = isTool ? tools.length <= who : !listening.has(who)
          if (isTool && isNew) tools.push(patchAsOthersDo(owner))
          // In any order: it may throw out others, ours too, and bring back what was gone.
          else if (isTool) tools.splice(who, 1)[0]?.undo()
          else if (isNew) {
            const { heard, hear } = makeHeard()
            listening.set(who, { heard, end: patch.listen(hear) })
          } else {
            listening.get(who)?.end()
            listening.delete(who)
          }
          const before = [...listening.values()].map(({ heard }) => heard.length)
          const callsBefore = calls.length
          expect(owner.add(1, 2)).toBe(3)
          expect(calls.length).toBe(callsBefore + 1)
          const told = [...listening.values()].map(({ heard }, index) => heard.length - (before[index] as number))
          expect(new Set(told).size).toBeLessThanOrEqual(1)
          expect(Math.max(0, ...told)).toBeLessThanOrEqual(1)
          // Whoever has just come is in front of everybody.
          if (!isTool && isNew) expect(told).toEqual(told.map(() => 1))
        }
      }),
    )
  })
})
