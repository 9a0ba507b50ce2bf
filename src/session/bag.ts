/** What a bag needs of its members: a field for the place that each has in it. A member can be in one bag at a time. */
export interface BagMember {
  /** The bag's own business; -1 outside of one. */
  place: number
}

/**
 * Members that come and go all the time, in no order.
 *
 * It stands for a Set for the sake of the garbage collector. A Set moves to a new table every few dozen additions, and each
 * table that it leaves behind names the next one and the members of its time. Once one of them is old only a full
 * collection frees what it leads to, so that each minor one copies whatever has gone through the set since: of a busy
 * client a sixth of its time, in some processes and not in others.
 */
export class Bag<Member extends BagMember> implements Iterable<Member> {
  readonly #members: Member[] = []

  get size(): number {
    return this.#members.length
  }

  has(member: Member): boolean {
    return member.place >= 0 && this.#members[member.place] === member
  }

  /** Does nothing when it is in here. */
  add(member: Member): void {
    if (this.has(member)) return
    member.place = this.#members.length
    this.#members.push(member)
  }

  /** Returns whether it was in here. */
  delete(member: Member): boolean {
    if (!this.has(member)) return false
    const last = this.#members.pop() as Member
    if (last !== member) {
      this.#members[member.place] = last
      last.place = member.place
    }
    member.place = -1
    return true
  }

  /** The members as they are now: they may come and go meanwhile. */
  [Symbol.iterator](): Iterator<Member> {
    return [...this.#members].values()
  }
}
