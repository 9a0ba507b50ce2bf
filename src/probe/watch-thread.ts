import { systemClock } from './clock.ts'
import { openThreadLine, readSharedReach } from './thread-reach.ts'
import { watchReach } from './watch-reach.ts'

/** Watches where clients go in a thread of an arm process, which has been told where they may; its load counts with the process's. */
export function watchThread(): void {
  const reach = readSharedReach()
  if (reach !== undefined) watchReach({ ...reach, ...openThreadLine(), nowMs: () => systemClock.nowMs() })
}
