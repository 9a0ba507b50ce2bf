import fc from 'fast-check'
import { ACCEPTS, BEHAVIOURS } from './behaviours.ts'
import { STRIKES, type Strike, type Way } from './open-peer.ts'
import type { CallPlan, Setup, World } from './world.ts'

/** One step of a scenario, as it is printed and as it can be written down. */
export type Step =
  | { readonly do: 'call'; readonly plan: CallPlan }
  /** Something happens to one of the peer's connections. */
  | { readonly do: 'strike'; readonly which: number; readonly how: Strike }
  /** The event loop turns. */
  | { readonly do: 'turns'; readonly count: number }
  /** Every call so far comes to its end. */
  | { readonly do: 'settle' }

/** What must hold does not depend on what has been done: the model only counts. */
export type Model = { steps: number }

class StepCommand implements fc.AsyncCommand<Model, World> {
  readonly #step: Step
  constructor(step: Step) {
    this.#step = step
  }
  check = () => true
  run(model: Model, world: World): Promise<void> {
    model.steps += 1
    return takeStep(this.#step, world)
  }
  toString = () => JSON.stringify(this.#step)
}

/** Takes one step. */
export async function takeStep(step: Step, world: World): Promise<void> {
  switch (step.do) {
    case 'call':
      world.call(step.plan)
      return
    case 'strike':
      world.peer.strike(step.which, step.how)
      return
    case 'turns':
      for (let turn = 0; turn < step.count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      return
    case 'settle':
      return await world.settle()
    default:
      step satisfies never
  }
}

/** Every way of setting a session up for one way to the peer. */
export function setups(way: Way): fc.Arbitrary<Setup> {
  const accepts = fc.oneof({ weight: 3, arbitrary: fc.constant('serve' as const) }, fc.constantFrom(...ACCEPTS))
  return fc.record(
    {
      way: fc.constant(way),
      connections: fc.constantFrom(1, 2, 3, 10),
      pipelining: fc.constantFrom(1, 2, 8),
      block: fc.boolean(),
      maxRequests: fc.constantFrom(1_000, 1, 3),
      retry: fc.constantFrom(0, 2),
      accepts: fc.array(accepts, { maxLength: 6 }),
    },
    { noNullPrototype: true },
  )
}

const plans: fc.Arbitrary<CallPlan> = fc
  .record(
    {
      method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT'),
      behaviour: fc.oneof({ weight: 2, arbitrary: fc.constant('ok' as const) }, fc.constantFrom(...BEHAVIOURS)),
      body: fc.constantFrom('none', 'none', 'none', 'bytes', 'large', 'stream', 'endless'),
      reading: fc.constantFrom('bytes', 'bytes', 'bytes', 'unread', 'half', 'cancel', 'lines', 'discard'),
      abort: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        fc.tuple(fc.constant('microtasks' as const), fc.integer({ min: 0, max: 40 })),
        fc.tuple(fc.constant('turns' as const), fc.integer({ min: 0, max: 12 })),
      ),
      totalMs: fc.constantFrom(0, 0, 0, 100),
    },
    { noNullPrototype: true },
  )
  .map((plan) => {
    if (plan.method === 'GET' || plan.method === 'HEAD') return { ...plan, body: 'none' }
    // Nothing else ends an upload that goes on.
    return plan.body === 'endless' ? { ...plan, totalMs: 100 } : plan
  })

/** Up to `maxCommands` steps of one scenario. */
export function steps(maxCommands: number): fc.Arbitrary<Iterable<fc.AsyncCommand<Model, World>>> {
  const command = (step: fc.Arbitrary<Step>) => step.map((one) => new StepCommand(one))
  const call = command(plans.map((plan) => ({ do: 'call', plan })))
  const strikes = fc.tuple(fc.integer({ min: -2, max: 1 }), fc.constantFrom(...STRIKES))
  return fc.commands(
    [
      call,
      call,
      call,
      command(strikes.map(([which, how]) => ({ do: 'strike', which, how }))),
      command(fc.integer({ min: 1, max: 12 }).map((count) => ({ do: 'turns', count }))),
      command(fc.constant({ do: 'settle' })),
    ],
    { maxCommands, size: 'max' },
  )
}
