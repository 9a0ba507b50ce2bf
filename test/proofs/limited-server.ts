// A server that has so many connections and no more: each answer takes some 20 ms, further connections are closed at once.
// A timer is late by what it is late, so the server says itself how long its answers took: that is its capacity.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const serviceMs = 20
let answers = 0
let spentMs = 0
const server = createServer((_, response) => {
  const beganMs = performance.now()
  setTimeout(() => {
    response.end('ok', () => {
      answers += 1
      spentMs += performance.now() - beganMs
    })
  }, serviceMs)
})
server.maxConnections = Number(process.argv[2])
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.({ meanServiceMs: spentMs / answers }))
process.on('disconnect', () => process.exit())
