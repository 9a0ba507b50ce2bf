import { type RunEvent, runEventSchema } from '../../../src/document/run-event.ts'

/** Events as the lines of a log hold them: valid, with their fields in the order in which they were written. */
export function throughText(events: readonly RunEvent[]): RunEvent[] {
  return events.map((event) => {
    const read: unknown = JSON.parse(JSON.stringify(event))
    runEventSchema.parse(read)
    return read as RunEvent
  })
}
