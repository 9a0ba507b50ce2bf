// A server that has so many connections and no more: each answer takes 20 ms, further connections are closed at once.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const serviceMs = 20
const server = createServer((_, response) => setTimeout(() => response.end('ok'), serviceMs))
server.maxConnections = Number(process.argv[2])
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit())
