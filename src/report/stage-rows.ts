import type { ArmResult, ComparisonResult } from '../document/model.ts'
import type { StepResult } from '../sample/steps.ts'
import { at } from '../session/at.ts'
import { formatCount, formatMs, formatRate } from '../words/format.ts'
import { renderStage } from '../words/stage-words.ts'

/** A stage as the row that stands under its arm, as steps do. */
export interface StageRow extends StepResult {
  readonly sentPerSecond: number
}

/** The stages of an arm's load; latency is response time, of the arrivals that were due in each. */
export function stageRowsOf({ stages = [] }: ArmResult, { workload }: Pick<ComparisonResult, 'workload'>): StageRow[] {
  const planned = workload.model === 'open' ? (workload.stages ?? []) : []
  return stages.map(({ succeeded, failed, sentPerSecond, response }, index) => ({
    name: renderStage(at(planned, index)),
    ...{ succeeded, failed, sentPerSecond, service: response },
  }))
}

/** Stage by stage what the table has no column for. */
export function renderStages(arm: ArmResult, comparison: ComparisonResult): string[] {
  const { stages = [] } = arm
  if (stages.length === 0) return []
  const names = stageRowsOf(arm, comparison).map(({ name }) => name)
  const parts = stages.map(({ sentPerSecond, dropped, intended, service }, index) => {
    const served = service.count === 0 ? '–' : `${formatMs(service.p50Us)} ms`
    const sent = `${formatRate(sentPerSecond)}/s sent, ${formatCount(dropped)} of ${formatCount(intended)} dropped`
    return `${names[index]}: ${sent}, service p50 ${served}`
  })
  return [`${arm.id} by stage: ${parts.join('; ')}`]
}
