/** Something in the request that a route cannot use; it becomes a 400 with its reason. */
export class BadArgument extends Error {
  override readonly name = 'BadArgument'
}
