/**
 * P(|T| ≤ t) of Student's t with a whole number of degrees of freedom: a finite sum of powers of cos θ, θ = atan(t/√ν).
 * Source: Abramowitz & Stegun 26.7.3 (odd ν) and 26.7.4 (even ν).
 */
export function studentCentral(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees))
  const cosine = Math.cos(angle)
  const isOdd = degrees % 2 === 1
  let term = isOdd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k
    sum += term
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum
}

/** The t for which P(|T| ≤ t) = `confidence`, by bisection. */
export function studentQuantile(confidence: number, degrees: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not within (0, 1)`)
  let low = 0
  let high = 1
  while (studentCentral(high, degrees) < confidence) high *= 2
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (studentCentral(middle, degrees) < confidence) low = middle
    else high = middle
  }
  return high
}
