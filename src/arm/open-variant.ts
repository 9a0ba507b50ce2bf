import type { ArmWork, OpenArm } from '../engine/run-block.ts'
import type { RunIteration, RunnableVariant, User, Variant } from '../scenario/iteration.ts'
import type { MakeVariant, Sweep, VariantContext } from '../scenario/scenario-parts.ts'

interface VariantRequest {
  /** The variant's name in the scenario, for what is said of it. */
  readonly name: string
  readonly make: MakeVariant<Sweep>
  readonly context: VariantContext<Sweep>
}

/** Makes a variant ready to run: one for all, or one for each virtual user, made when it is first needed. */
export async function openVariant({ name, make, context }: VariantRequest): Promise<OpenArm> {
  const variant: Variant = await make(context)
  const isOfUsers = typeof variant === 'object' && variant !== null && 'user' in variant
  if (!isOfUsers) {
    const { run, close } = readRunnable(variant, `variants.${name}`)
    return { work: { kind: 'iteration', run, prepareUsers: async () => {} }, close }
  }
  if (typeof variant.user !== 'function' || 'run' in variant) {
    throw new TypeError(
      `variants.${name}: expected either a run function or a user function that makes one for each user`,
    )
  }
  const users = openUsers(async (user) =>
    readRunnable(await variant.user(user), `the user function of variants.${name}`),
  )
  const work: ArmWork = {
    kind: 'iteration',
    run: async (signal, iteration) => (await users.open(iteration.user)).run(signal, iteration),
    prepareUsers: users.prepare,
  }
  return { work, close: () => users.close().finally(() => variant.close?.()) }
}

/** An iteration, and what has to be done when it is over. */
interface Runnable {
  readonly run: RunIteration
  readonly close: () => Promise<void>
}

function readRunnable(variant: RunnableVariant, maker: string): Runnable {
  if (typeof variant === 'function') return { run: variant, close: async () => {} }
  if (typeof variant?.run !== 'function') {
    const made = variant === null ? 'null' : typeof variant
    throw new TypeError(`${maker} made ${made}; expected a function, or an object with a run function`)
  }
  const run: RunIteration = variant.run.bind(variant)
  return { run, close: async () => void (await variant.close?.()) }
}

/** This many log in, or whatever they do to begin with, at a time. */
const usersAtATime = 50

function openUsers(make: (user: User) => Promise<Runnable>) {
  const opened = new Map<number, Promise<Runnable>>()
  const open = (user: User): Promise<Runnable> => {
    const known = opened.get(user.index)
    if (known !== undefined) return known
    const making = make(user)
    opened.set(user.index, making)
    // One that could not be made is tried again at its next iteration.
    making.catch(() => opened.delete(user.index))
    return making
  }
  return {
    open,
    async prepare(users: readonly User[]) {
      for (let first = 0; first < users.length; first += usersAtATime) {
        await Promise.all(users.slice(first, first + usersAtATime).map(open))
      }
    },
    async close() {
      const made = await Promise.allSettled(opened.values())
      opened.clear()
      await closeAll(
        made.flatMap((user) => (user.status === 'fulfilled' ? user.value : [])),
        (user) => user.close(),
      )
    },
  }
}

/** Closes all of them, whichever of them fails; rejects with the first failure then. */
export async function closeAll<Item>(items: Iterable<Item>, close: (item: Item) => unknown): Promise<void> {
  const closed = await Promise.allSettled([...items].map(async (item) => close(item)))
  const failed = closed.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
