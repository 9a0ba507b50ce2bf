import { setImmediate as nextTurn } from 'node:timers/promises'

/** Lets what has already arrived be dealt with. */
export async function settle(): Promise<void> {
  // One turn for what the kernel had queued, the others for what that started: a TLS handshake ends in a later turn.
  for (let turn = 0; turn < 3; turn++) await nextTurn()
}
