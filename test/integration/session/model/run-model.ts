import fc from 'fast-check'
import { type Identity, makeIdentity } from '../test-servers.ts'
import { WAYS, type Way } from './open-peer.ts'
import { type Model, type Step, setups, steps, takeStep } from './steps.ts'
import { Watchdog } from './watchdog.ts'
import { type Setup, World } from './world.ts'

type Identities = { readonly authority: Identity; readonly leaf: Identity }

/** How a scenario ends. */
type Ending = 'close' | 'destroy'

/** A scenario written down. */
export type Scenario = { readonly setup: Setup; readonly steps: readonly Step[]; readonly ending: Ending }

/** Which steps are taken, and for how long a failure is made smaller. */
export type ModelOptions = {
  readonly least: number
  readonly seed: number
  readonly ways?: readonly Way[]
  readonly shrinkForMs: number
}

const MAX_STEPS = 30

/** Scenarios of one way under way at a time: most of the time they wait. */
const LANES = 4

/** Takes at least so many steps of the model, all ways to the peer side by side. Returns how many were taken. */
export async function runModel(options: ModelOptions): Promise<number> {
  const { least, seed, ways = WAYS, shrinkForMs } = options
  const identities = await makeIdentities()
  await using watchdog = new Watchdog()
  const count = LANES * ways.length
  const lanes = Array.from({ length: count }, (_, lane) =>
    runLane(
      ways[lane % ways.length] as Way,
      { least: least / count, seed: seed + lane, shrinkForMs },
      {
        identities,
        watchdog,
      },
    ),
  )
  const taken = await Promise.all(lanes)
  return taken.reduce((sum, one) => sum + one, 0)
}

/** Runs one scenario that was written down. */
export async function runScenario({ setup, steps, ending }: Scenario): Promise<void> {
  await using watchdog = new Watchdog()
  watchdog.note(JSON.stringify({ setup, steps, ending }))
  await using world = await World.open(setup, await makeIdentities())
  for (const step of steps) await takeStep(step, world)
  await world.finish(ending)
}

async function makeIdentities(): Promise<Identities> {
  const authority = await makeIdentity('test authority', { isAuthority: true })
  return { authority, leaf: await makeIdentity('localhost', { ca: authority }) }
}

async function runLane(
  way: Way,
  options: Omit<ModelOptions, 'ways'>,
  { identities, watchdog }: { readonly identities: Identities; readonly watchdog: Watchdog },
): Promise<number> {
  const { least, seed, shrinkForMs } = options
  let taken = 0
  let failedAtMs: number | undefined
  const property = fc.asyncProperty(
    setups(way),
    steps(MAX_STEPS),
    fc.constantFrom<Ending>('close', 'destroy'),
    async (setup, commands, ending) => {
      // Enough steps have been taken, or enough time to make a failure smaller.
      const isOver = failedAtMs === undefined ? taken >= least : performance.now() > failedAtMs + shrinkForMs
      if (isOver) return
      watchdog.note(`${JSON.stringify(setup)} ${commands} ${ending}`)
      const model: Model = { steps: 0 }
      await using world = await World.open(setup, identities)
      try {
        await fc.asyncModelRun(() => ({ model, real: world }), commands)
        await world.finish(ending)
      } catch (error) {
        failedAtMs ??= performance.now()
        throw error
      }
      taken += model.steps
    },
  )
  await fc.assert(property, { seed, numRuns: Math.ceil(least) })
  return taken
}
