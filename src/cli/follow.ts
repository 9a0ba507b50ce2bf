import { openEventLog } from '../store/event-log.ts'

interface FollowOptions<Event> {
  /** The document that the events come to; they are kept beside it. */
  readonly out: string | undefined
  /** Told in turn of each event. */
  readonly listeners: readonly ((event: Event) => void)[]
  readonly note: (line: string) => void
}

/**
 * Hands on what happens until it ends; the log has each event first, so that what anybody was told outlives a crash. Nothing more
 * is measured before all have been told.
 */
export async function follow<Event extends object>(
  events: AsyncIterable<Event>,
  { out, listeners, note }: FollowOptions<Event>,
): Promise<void> {
  const onFailure = ({ message }: Error) => note(lostIfKilled(message))
  await using log = openEventLog(out, { onFailure })
  try {
    for await (const event of events) {
      await log.append(event)
      for (const listen of listeners) listen(event)
    }
  } catch (error) {
    // Nobody is going to write the document.
    if (log.path() !== undefined) note(`what was measured until then is in ${log.path()}: report shows it`)
    throw error
  }
}

/** What a log that cannot be written means to its user. */
export function lostIfKilled(message: string): string {
  return `${message}: if this is killed, what was measured is lost with it`
}
