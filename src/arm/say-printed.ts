/** What is worth a word when an arm has failed: so much costs it time, and more memory than it may have. */
const muchBytes = 1_000_000

/** Words to put behind a failure of an arm that printed so much meanwhile; '' where that explains nothing. */
export function sayPrinted(bytes: number): string {
  if (bytes < muchBytes) return ''
  const megabytes = Math.round(bytes / 1_000_000)
  return `; it printed ${megabytes} MB meanwhile, which takes its time and memory: let the scenario print less`
}
