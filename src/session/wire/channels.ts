import { type Channel, channel } from 'node:diagnostics_channel'

/**
 * Tells listeners what undici's channels cannot: since when an exchange waited for a connection (published in the context of
 * the call), and when it is given to one. Both messages are `{ exchange }`; without listeners they cost nothing.
 */
export const channels: { readonly ask: Channel; readonly dispatch: Channel } = Object.freeze({
  ask: channel('sessionbench:session:ask'),
  dispatch: channel('sessionbench:session:dispatch'),
})
