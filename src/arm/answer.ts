import type { ArmHome } from './arm-home.ts'
import type { ArmReply, ArmRequest } from './messages.ts'

/** The kinds of reply that somebody asked for. */
type Answer = Exclude<ArmReply, { kind: 'failed' | 'stopped' }>

/** What an arm does when it is asked; rejects with whatever the scenario, or the engine, threw. All that lasts is at home. */
export async function answer(request: ArmRequest, home: ArmHome): Promise<Answer> {
  switch (request.kind) {
    case 'describe':
      return { kind: 'described', ...(await home.describe(request)) }
    case 'open':
      await home.open(request)
      return { kind: 'opened' }
    case 'block':
      return { kind: 'block', ...(await home.armsWith(request.arm).runBlock(request)) }
    case 'certify':
      home.stopCounting()
      return { kind: 'certified', result: await home.armsWith(request.arm).certify(request.arm, request.task) }
    case 'close':
      await home.closeArms()
      return { kind: 'closed' }
    default:
      return request satisfies never
  }
}
