import type { PhaseName } from '../sample/phases.ts'

/** What the time of a phase was spent on, for a sentence; `other` is what belongs to no phase. */
export const phaseWords = {
  dispatch: 'starting late',
  wait: "waiting in the client's pool",
  dns: 'looking names up',
  connect: 'connecting',
  tlsFull: 'full TLS handshakes',
  tlsResumed: 'resumed TLS handshakes',
  firstByte: 'the way to the first byte',
  body: 'reading bodies',
  other: 'what is no phase of a request',
} as const satisfies Readonly<Record<PhaseName | 'other', string>>
