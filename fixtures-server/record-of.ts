/**
 * An object of names that came from the network. It has no prototype, so that no name is there (`constructor`) or means
 * something (`__proto__`) before it has been set.
 */
export function recordOf<T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> {
  const record: Record<string, T> = Object.create(null)
  for (const [name, value] of entries) record[name] = value
  return record
}
