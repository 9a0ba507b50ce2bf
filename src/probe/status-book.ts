import { StatusFailure } from '../sample/status-failure.ts'
import { Bag, type BagMember } from '../session/bag.ts'

/** Whether an answer with this status is a failure. */
export type IsFailure = (status: number) => boolean

/** Of a scenario that expects some of them. */
export function makeIsFailure(expected: readonly number[] = []): IsFailure {
  const known = new Set(expected)
  return (status) => status >= 400 && !known.has(status)
}

/** An answer, and to what. */
export interface Answer {
  readonly status: number
  readonly method: string
  readonly url: string
  /** Undefined where it is not known whose request it was. */
  readonly asker: IterationStatuses | undefined
}

interface Open {
  readonly failure: StatusFailure
  /** Whether it may be another iteration's. */
  readonly isGuess: boolean
}

/** The answers to one iteration's requests, as far as they may be failures. */
export class IterationStatuses implements BagMember {
  place = -1
  isOver = false
  readonly isFailure: IsFailure
  /** Which of those under way began before: counted up. */
  readonly begun: number
  /** What was last answered with a failure, by what was asked for. */
  open: Map<string, Open> | undefined

  constructor(isFailure: IsFailure, begun: number) {
    this.isFailure = isFailure
    this.begun = begun
  }
}

/**
 * Knows which requests of an iteration were last answered with a failure, whatever its client made of that. Asking for the same
 * again and getting something better settles it: a retry, a digest login, a page asked for again after a login.
 *
 * An answer to nobody in particular is taken to be that of whoever has been under way for longest, since clients serve in order
 * of asking, and any better answer to the same request may settle it: rather should one failure stay unseen than one be made up.
 */
export class StatusBook {
  readonly #underWay = new Bag<IterationStatuses>()
  #begun = 0
  #open = 0

  begin(isFailure: IsFailure): IterationStatuses {
    const iteration = new IterationStatuses(isFailure, this.#begun++)
    this.#underWay.add(iteration)
    return iteration
  }

  /** The iteration is over; returns the first failure that nothing better followed. */
  end(iteration: IterationStatuses): StatusFailure | undefined {
    iteration.isOver = true
    this.#underWay.delete(iteration)
    if (iteration.open === undefined) return undefined
    this.#open -= iteration.open.size
    const [first] = iteration.open.values()
    return first?.failure
  }

  /** Whether an answer that is no failure means nothing to anybody. */
  get isClear(): boolean {
    return this.#open === 0
  }

  take(answer: Answer): void {
    const { status, method, url, asker } = answer
    // A 100 (Continue) is not the answer.
    if (status < 200) return
    const known = asker?.isOver ? undefined : asker
    const key = `${method} ${url}`
    const failing = known ?? this.#longest(({ open }) => open === undefined || open.size === 0)
    if (failing?.isFailure(status)) this.#fail(failing, key, { failure: unsaid(answer), isGuess: known === undefined })
    else this.#settle(known, key)
  }

  #fail(iteration: IterationStatuses, key: string, open: Open): void {
    iteration.open ??= new Map()
    if (!iteration.open.has(key)) this.#open++
    iteration.open.set(key, open)
  }

  #settle(known: IterationStatuses | undefined, key: string): void {
    const own = known?.open?.has(key) ? known : undefined
    const other = ({ open }: IterationStatuses) => (known === undefined ? open?.has(key) : open?.get(key)?.isGuess)
    if ((own ?? this.#longest(other))?.open?.delete(key)) this.#open--
  }

  #longest(fits: (iteration: IterationStatuses) => boolean | undefined): IterationStatuses | undefined {
    let longest: IterationStatuses | undefined
    for (const each of this.#underWay) {
      if (fits(each) && (longest === undefined || each.begun < longest.begun)) longest = each
    }
    return longest
  }
}

function unsaid({ status, url }: Answer): StatusFailure {
  return new StatusFailure(status, url, 'unsaid')
}
