import { z } from 'zod'

const number = z.number()

/** The round-trip model beside the measurement, for one arm of one comparison. */
export const roundTripRowSchema = z.strictObject({
  comparison: z.string(),
  arm: z.string(),
  roundTrips: number.describe('of one iteration'),
  rttMs: number,
  localUs: number
    .nullable()
    .describe(
      'what an iteration takes without distance in the same run: p50 at the pace that it has at the distance, else p50 at 0 ms, or there 1 ÷ throughput where workers queue for the CPU; null when it was not measured',
    ),
  modelUs: number.describe('roundTrips × RTT + localUs'),
  measuredUs: number.describe('p50'),
  differs: number.describe('measured ÷ model − 1'),
  linkLateUs: number
    .nullable()
    .default(null)
    .describe('how much longer than the RTT a round trip took, as this machine woke up late; null when not measured'),
  othersCpuShare: number
    .nullable()
    .default(null)
    .describe(
      "of all CPUs' time meanwhile, what went neither to the arms nor to the fixture server; null when not known",
    ),
  ratio: z
    .strictObject({ baseline: z.string(), model: number, measured: number })
    .nullable()
    .describe("p50 of the arm's baseline ÷ its own; null for a baseline"),
  cameOut: z
    .boolean()
    .nullable()
    .describe('the ratio is within 5 % of the model; null below 20 ms RTT, where the model is not expected to hold'),
  reasons: z.array(z.string()),
})
/** One row of the model as files have it: earlier versions said less. */
export type RoundTripRow = z.input<typeof roundTripRowSchema>
