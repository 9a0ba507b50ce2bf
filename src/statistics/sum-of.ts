/** The sum of numbers, or of what is read from each item; 0 of none. */
export function sumOf(values: Iterable<number>): number
export function sumOf<Item>(items: Iterable<Item>, read: (item: Item) => number): number
export function sumOf<Item>(items: Iterable<Item>, read: (item: Item) => number = itself): number {
  let sum = 0
  for (const item of items) sum += read(item)
  return sum
}

/** Unlike Number it costs next to nothing: resampling adds millions of times. */
function itself(value: unknown): number {
  return value as number
}
