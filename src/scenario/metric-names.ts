/** Metrics by the name that reports, thresholds and `primaryMetric` use. */
export const metricNames = [
  'throughput',
  'latency.p50',
  'latency.p90',
  'latency.p95',
  'latency.p99',
  'latency.p99.9',
  'cpuPerRequest',
  'connectionsPerRequest',
  'handshakesPerRequest',
  'errorRate',
  'drops',
  'rateHeld',
] as const
export type MetricName = (typeof metricNames)[number]

/** Metrics that arms can be compared on. */
export const comparableMetricNames = [
  'throughput',
  'latency.p50',
  'latency.p90',
  'latency.p99',
  'cpuPerRequest',
] as const
export type ComparableMetricName = (typeof comparableMetricNames)[number]
