import type { ComparisonPlan } from '../plan/plan.ts'
import type { ArmSummary } from '../sample/summarize-arm.ts'
import { formatCount, formatShare } from '../words/format.ts'

/** A larger share of CPU time that the hypervisor gave to others may be what a figure shows. */
const mostSteal = 0.05

/** TIME_WAIT holds a local port for a minute; from this share of them on a client may not get one. */
const mostPortsInTimeWait = 0.9

/** Of requests: who opens no more connections than that is measured by something else than their opening. */
const fewConnections = 0.01

/** What the machine did that a reader has to know of: each once, from the arm where it was worst. */
export function doubtMachine(summaries: readonly ArmSummary[]): string[] {
  return [...doubtSteal(summaries), ...doubtTimeWait(summaries), ...summaries.flatMap(doubtPorts)]
}

/** A rule that cannot be applied is not one that left nothing out. */
export function doubtExclusion(
  { exclude }: Pick<ComparisonPlan, 'exclude'>,
  summaries: readonly ArmSummary[],
): string[] {
  const isUnknown = summaries.every(({ cpuStealShare }) => cpuStealShare === undefined)
  if (exclude === undefined || !isUnknown) return []
  return ['no round could be left out by its CPU steal, as the scenario asks: this system does not tell it']
}

function doubtSteal(summaries: readonly ArmSummary[]): string[] {
  const [worst] = summaries.toSorted((a, b) => (b.cpuStealShare ?? 0) - (a.cpuStealShare ?? 0))
  const { arm, cpuStealShare = 0 } = worst ?? {}
  if (cpuStealShare <= mostSteal) return []
  const stolen = `${formatShare(cpuStealShare)} of this machine's CPU time went to other machines (steal)`
  const whose = summaries.length > 1 ? 'the difference' : 'the figures'
  return [`${stolen} while ${arm} was measured, more than ${formatShare(mostSteal)}: ${whose} may be theirs`]
}

function doubtTimeWait(summaries: readonly ArmSummary[]): string[] {
  const [worst] = summaries.filter(mayLackPorts).toSorted((a, b) => (b.timeWaitSockets ?? 0) - (a.timeWaitSockets ?? 0))
  if (worst === undefined) return []
  const { arm, timeWaitSockets = 0, localPorts = 0 } = worst
  const waiting = `${formatCount(timeWaitSockets)} sockets were in TIME_WAIT after a block of ${arm}`
  return [`${waiting}, with ${formatCount(localPorts)} local ports: finding a free one may be what is measured`]
}

/** Who keeps its connections looks for no port, whatever others have left in TIME_WAIT. */
function mayLackPorts({ timeWaitSockets = 0, localPorts, wire }: ArmSummary): boolean {
  if (localPorts === undefined || timeWaitSockets <= mostPortsInTimeWait * localPorts) return false
  return wire.connectionsOpened > fewConnections * wire.requests
}

/** Over the error budget they make the comparison invalid; within it they are still no failure of the target's. */
function doubtPorts({ arm, failures }: ArmSummary): string[] {
  const { count = 0 } = failures.find(({ code }) => code === 'ports-exhausted') ?? {}
  if (count === 0) return []
  const lacked = 'free local port, file descriptor or address that leads there'
  return [`${formatCount(count)} of ${arm}'s iterations found no ${lacked} on this machine`]
}
