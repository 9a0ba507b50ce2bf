/** A call of a patched method that has returned. */
interface PatchedCall<Result> {
  readonly self: unknown
  readonly args: readonly unknown[]
  readonly result: Result
}

/** The one patch of a method that is everybody's, and who is told of its calls. */
export interface MethodPatch<Result> {
  /**
   * Tells the listener of every call from now on, once it has returned. Returns the end of that. The patch is there while
   * anybody listens, who may come and go in any order.
   */
  listen(listener: (call: PatchedCall<Result>) => void): () => void
}

type Method<Result> = (...args: never) => Result

/**
 * Makes the patch of `owner[name]`, which changes nothing before somebody listens. The method behaves and looks as it did: what
 * it is given, returns and throws, its name, length, text and properties, and with them a promisified form of its own, are
 * those of the original (calls of such a form are not heard). What a listener throws is nothing to the caller: it is thrown in
 * a tick of its own, as that of a channel's subscriber is.
 *
 * Others may patch the same method and undo that at any time. What stands in front of ours is left alone, ours below it lets
 * everything through once nobody listens; and where several of ours are passed by one call, that is told once.
 *
 * `onChange` is called whenever the owner has another method than before.
 */
export function makeMethodPatch<Name extends string, Owner extends Record<Name, Method<unknown>>>(
  owner: Owner,
  name: Name,
  onChange: () => void = () => {},
): MethodPatch<ReturnType<Owner[Name]>> {
  type Result = ReturnType<Owner[Name]>
  const listeners = new Set<{ readonly hear: (call: PatchedCall<Result>) => void }>()
  /** What each of ours has taken the place of; undefined where the owner had inherited its method. */
  const replaced = new WeakMap<object, PropertyDescriptor | undefined>()
  const makeApply = makePassage((call: PatchedCall<Result>) => {
    for (const listener of [...listeners]) if (listeners.has(listener)) tell(listener.hear, call)
  })
  const install = () => {
    if (replaced.has(owner[name])) return
    const before = Object.getOwnPropertyDescriptor(owner, name)
    const inner = owner[name] as Method<Result>
    const patched = new Proxy(inner, { apply: makeApply(), get: readProperty })
    replaced.set(patched, before)
    Object.defineProperty(owner, name, { ...(before ?? ofPrototype), value: patched })
    onChange()
  }
  const uninstall = () => {
    if (!replaced.has(owner[name])) return
    const before = replaced.get(owner[name])
    if (before === undefined) Reflect.deleteProperty(owner, name)
    else Object.defineProperty(owner, name, before)
    onChange()
  }
  return {
    listen(hear) {
      const listener = { hear }
      install()
      listeners.add(listener)
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) uninstall()
      }
    },
  }
}

/** As methods of a class are. */
const ofPrototype = { writable: true, enumerable: false, configurable: true }

/** Makes what each patch of a method does, the latest being told of as the first that a call comes through. */
function makePassage<Result>(onCall: (call: PatchedCall<Result>) => void) {
  let made = 0
  /** The one that the present call has come through, on its way to the original. */
  let passed = -1
  return () => {
    const place = made++
    return (inner: Method<Result>, self: unknown, args: unknown[]): Result => {
      if (place < passed) return Reflect.apply(inner, self, args)
      const outer = passed
      passed = place
      let result: Result
      try {
        result = Reflect.apply(inner, self, args)
      } finally {
        passed = outer
      }
      onCall({ self, args, result })
      return result
    }
  }
}

/** The text of a function is taken from the function itself; everything else is the original's property. */
function readProperty<Result>(inner: Method<Result>, key: string | symbol): unknown {
  const value: unknown = Reflect.get(inner, key)
  return value === Function.prototype.toString ? () => inner.toString() : value
}

function tell<Call>(hear: (call: Call) => void, call: Call): void {
  try {
    hear(call)
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
