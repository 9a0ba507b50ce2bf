/** The share of simulated runs that call a rise of `changePercent` `slower`. With 0 that is the share of false alarms. */
export function powerAt({ thresholds }: { readonly thresholds: Float64Array }, changePercent: number): number {
  const change = Math.log1p(changePercent / 100)
  return thresholds.filter((threshold) => threshold <= change).length / thresholds.length
}
