import type { ScenarioDescription } from '../scenario/resolve-scenario.ts'
import type { PlanOptions } from './make-plan.ts'

type Option = Extract<keyof PlanOptions, string>

const ofWorkload = [
  'concurrency',
  'thinkTimeMs',
  'iterations',
  'arrivalRate',
  'stages',
  'arrivals',
  'maxInFlight',
] as const
const ofTarget = ['externalOrigin', 'targetName', 'protocols', 'rttsMs'] as const

/** What the options ask of a scenario that its engine cannot do, as the user is to read it. */
export function findConflicts(
  { name, workload }: Pick<ScenarioDescription, 'name' | 'workload'>,
  options: { readonly [Name in Option]?: PlanOptions[Name] | undefined },
): string[] {
  const refuse = (names: readonly Option[], why: string) =>
    names
      .filter((option) => options[option] !== undefined)
      .map((option) => `${option}: ${name} has no use for it, ${why}`)
  switch (workload.model) {
    case 'micro':
      return [
        ...refuse([...ofWorkload, 'variantPer'], 'the micro engine calls a function again and again'),
        ...refuse(ofTarget, 'the micro engine sends no requests'),
        ...refuse(['phases'], 'the micro engine sends no requests'),
        ...refuse(['processes'], 'the micro engine times one call after another'),
      ]
    case 'raw':
      return [
        ...refuse(
          [...ofWorkload, 'variantPer'],
          'the variants of a raw scenario say how many connections and requests there are',
        ),
        ...refuse(['phases'], 'autocannon does not say what its requests wait for'),
        ...(options.protocols?.includes('h2')
          ? [`protocols: ${name} cannot use h2, autocannon speaks HTTP/1.1 only`]
          : []),
      ]
    default:
      return []
  }
}
