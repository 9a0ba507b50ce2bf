import type { Socket } from 'node:net'

type Parser = { onHeadersComplete(status: number, isUpgrade: boolean, shouldKeepAlive: boolean): number }

let parserKey: symbol | undefined

/**
 * Has undici pass `100 Continue` over like every other interim response (RFC 9110, 15.2: also when nobody asked for it).
 * It takes this one for the end of the connection, which it has no option for, so its parser is told of a 102 instead.
 * Should a later undici name its parser otherwise, this does nothing.
 */
export function ignoreContinue(socket: Socket): void {
  parserKey ??= Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'parser')
  const parser = (socket as unknown as Record<symbol, Parser | undefined>)[parserKey ?? Symbol.iterator]
  if (typeof parser?.onHeadersComplete === 'function') parser.onHeadersComplete = passContinueOver
}

function passContinueOver(this: Parser, status: number, isUpgrade: boolean, shouldKeepAlive: boolean): number {
  const own = Object.getPrototypeOf(this) as Parser
  return own.onHeadersComplete.call(this, status === 100 ? 102 : status, isUpgrade, shouldKeepAlive)
}
