/** A map that forgets its oldest entries beyond a limit: clients must not fill the server's memory. */
export class BoundedMap<K, V> {
  readonly #limit: number
  readonly #map = new Map<K, V>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  set(key: K, value: V): void {
    if (!this.#map.has(key) && this.#map.size >= this.#limit) this.#map.delete(this.#map.keys().next().value as K)
    this.#map.set(key, value)
  }

  delete(key: K): boolean {
    return this.#map.delete(key)
  }

  clear(): void {
    this.#map.clear()
  }

  entries(): IterableIterator<[K, V]> {
    return this.#map.entries()
  }
}
