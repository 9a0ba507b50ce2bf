/** The item at a place that there is one at; below 0 counted from the end. Throws where there is none: a bug of the caller's. */
export function at<Item>(items: ArrayLike<Item>, index: number): Item {
  const item = items[index < 0 ? items.length + index : index]
  if (item === undefined) throw new RangeError(`there is nothing at ${index} of ${items.length}`)
  return item
}

/** What a map has for a key that it has. Throws where it has none: a bug of the caller's. */
export function atKey<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key)
  if (value === undefined) throw new RangeError(`there is nothing for ${String(key)}`)
  return value
}
