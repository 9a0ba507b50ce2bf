import { describe, expect, it } from 'vitest'
import { openVariant } from '../../../src/arm/open-variant.ts'
import type { Iteration } from '../../../src/scenario/iteration.ts'
import type { MakeVariant, Sweep, VariantContext } from '../../../src/scenario/scenario-parts.ts'

const context = { userOf: (index: number) => ({ index, data: `user ${index}` }) } as VariantContext<Sweep>
async function open(make: MakeVariant<Sweep>) {
  const { work, close } = await openVariant({ name: 'a', make, context })
  if (work.kind !== 'iteration') throw new Error('a variant has iterations')
  const prepareUsers = (count: number) =>
    work.prepareUsers?.(Array.from({ length: count }, (_, i) => context.userOf(i)))
  return { run: work.run, close, prepareUsers }
}
const signal = new AbortController().signal
const iterationOf = (index: number) => ({ user: context.userOf(index) }) as Iteration

describe('openVariant', () => {
  it('takes a function, or an object whose run keeps its this', async () => {
    const plain = await open(() => () => 1)
    expect(plain.run(signal, iterationOf(0))).toBe(1)
    await plain.close()
    const events: string[] = []
    const object = await open(() => ({
      run() {
        return Object.keys(this).join()
      },
      close: () => events.push('closed'),
    }))
    expect(object.run(signal, iterationOf(0))).toBe('run,close')
    await object.close()
    expect(events).toEqual(['closed'])
  })

  it('makes users once each, those that are asked for beforehand, and closes all before the variant', async () => {
    const events: string[] = []
    const variant = await open(() => ({
      user: async ({ index, data }) => {
        events.push(`make ${index} ${data}`)
        return { run: () => `run ${index}`, close: () => events.push(`close ${index}`) }
      },
      close: () => events.push('close all'),
    }))
    await variant.prepareUsers(2)
    await variant.prepareUsers(2)
    expect(await variant.run(signal, iterationOf(1))).toBe('run 1')
    expect(await variant.run(signal, iterationOf(2))).toBe('run 2')
    await variant.close()
    expect(events).toEqual([
      ...['make 0 user 0', 'make 1 user 1', 'make 2 user 2'],
      ...['close 0', 'close 1', 'close 2', 'close all'],
    ])
  })

  it('closes the others, and the variant, when one fails to close', async () => {
    const events: string[] = []
    const variant = await open(() => ({
      user: ({ index }) => ({
        run: () => {},
        close: () => {
          if (index === 0) throw new Error('will not close')
          events.push(`close ${index}`)
        },
      }),
      close: () => events.push('close all'),
    }))
    await variant.prepareUsers(3)
    await expect(variant.close()).rejects.toThrow('will not close')
    expect(events).toEqual(['close 1', 'close 2', 'close all'])
  })

  it('fails when a user cannot be made, closes those that were, and tries again when asked again', async () => {
    const events: string[] = []
    let attempts = 0
    const variant = await open(() => ({
      user: async ({ index }) => {
        if (index === 1 && attempts++ === 0) throw new Error('no login')
        return { run: () => 'works', close: () => events.push(`close ${index}`) }
      },
    }))
    await expect(variant.prepareUsers(2)).rejects.toThrow('no login')
    expect(await variant.run(signal, iterationOf(1))).toBe('works')
    await variant.close()
    expect(events.sort()).toEqual(['close 0', 'close 1'])
  })

  it.each([
    ['nothing', () => undefined, /variants\.a made undefined; expected a function/],
    ['null', () => null, /variants\.a made null/],
    ['run and user', () => ({ run: () => {}, user: () => {} }), /either a run function or a user function/],
    ['a user that is no function', () => ({ user: 5 }), /either a run function or a user function/],
  ])('refuses %s', async (_, make, message) => {
    await expect(open(make as never)).rejects.toThrow(message)
  })

  it('refuses users that cannot run', async () => {
    const variant = await open((() => ({ user: () => ({}) })) as never)
    await expect(variant.prepareUsers(1)).rejects.toThrow('the user function of variants.a made object')
  })
})
