/** The names, told apart by a number where two are alike: one per subject, in order. */
export function makeUnique(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let unique = name
    for (let number = 2; taken.has(unique); number++) unique = `${name}-${number}`
    taken.add(unique)
    return unique
  })
}
