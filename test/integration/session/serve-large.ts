import { createServer } from 'node:net'
import { listen } from './test-servers.ts'

/** Answers every request with this status line (and header lines) and a body that no connection takes in unasked. */
export function serveLarge(head: string) {
  const text = `HTTP/1.1 ${head}\r\nContent-Length: 300000\r\n\r\n`
  const answer = Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(300_000)])
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => socket.write(answer))
  })
  return listen(server)
}
