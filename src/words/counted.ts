/** `1 connection`, `2 connections`, `12,345 connections`: a whole number of things. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** The verb that goes with so many: `agree(1, 'was', 'were')`. */
export function agree(count: number, singular: string, plural: string): string {
  return count === 1 ? singular : plural
}

/** `12,345`: a whole number as people read it. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
