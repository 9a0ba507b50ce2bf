const SQRT_TWO_PI = Math.sqrt(2 * Math.PI)
// Beyond this the series for the centre loses digits of the tail and the continued fraction converges fast.
const TAIL_FROM = 3

/** The standard normal density. */
function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / SQRT_TWO_PI
}

/**
 * P(Z ≤ z) of the standard normal, to about 1e-15 relative in both tails: Taylor's series about 0 in the centre (Marsaglia 2004,
 * Journal of Statistical Software 11(4)), Laplace's continued fraction in the tails (Abramowitz & Stegun 26.2.14).
 */
export function normalCdf(z: number): number {
  if (z < -TAIL_FROM) return normalDensity(z) * millsRatio(-z)
  if (z > TAIL_FROM) return 1 - normalDensity(z) * millsRatio(z)
  let term = z
  let sum = z
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (z * z) / k
    sum += term
  }
  return 0.5 + sum * normalDensity(z)
}

function millsRatio(z: number): number {
  let denominator = z
  for (let k = 200; k >= 1; k--) denominator = z + k / denominator
  return 1 / denominator
}

/** The z below which a share `probability` of the standard normal lies: Newton's steps on `normalCdf`. */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`probability ${probability} is not within (0, 1)`)
  if (probability > 0.5) return -normalQuantile(1 - probability)
  // Start: Abramowitz & Stegun 26.2.23, within 4.5e-4.
  const t = Math.sqrt(-2 * Math.log(probability))
  const numerator = 2.515517 + 0.802853 * t + 0.010328 * t * t
  let z = numerator / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3) - t
  for (let step = 0; step < 4; step++) {
    const error = (normalCdf(z) - probability) / normalDensity(z)
    z -= error / (1 + (z * error) / 2)
  }
  return z
}
