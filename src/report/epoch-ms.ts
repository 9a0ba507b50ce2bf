/** Milliseconds since 1970 of a UTC time as ISO 8601 (`2026-01-31T12:00:00.123Z`), by arithmetic alone: this folder has no clock. */
export function epochMsOf(iso: string): number {
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = iso.split(/[^\d.]/).map(Number)
  const days = daysSinceYearZero(year, month, day) - daysSinceYearZero(1970, 1, 1)
  return Math.round((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000)
}

/** Counted with years that begin in March, so that a leap day is a year's last (the proleptic Gregorian calendar). */
function daysSinceYearZero(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1
  const marchMonth = (month + 9) % 12
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + Math.floor((marchMonth * 153 + 2) / 5) + day
}
