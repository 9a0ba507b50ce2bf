import { Session } from 'sessionbench/session'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENCODING_ROWS, INTEGRITY_ROWS, READING_ROWS } from './fetch-rows/body-read-rows.ts'
import { BODY_ROWS, METHOD_ROWS } from './fetch-rows/body-sent-rows.ts'
import { HEADER_ROWS, OPTION_ROWS } from './fetch-rows/option-rows.ts'
import { REDIRECT_ROWS } from './fetch-rows/redirect-rows.ts'
import { REQUEST_ROWS, URL_ROWS } from './fetch-rows/request-input-rows.ts'
import { ERROR_ROWS, FIELD_ROWS, STATUS_ROWS } from './fetch-rows/response-rows.ts'
import type { Row } from './fetch-rows/row.ts'
import { type ScriptedServer, startScriptedServer } from './fetch-rows/scripted-server.ts'
import { SIGNAL_ROWS } from './fetch-rows/signal-rows.ts'

// Node's own fetch and a session's do the same things to the same server. What can be seen of it from both ends is
// equal, or the row says why not; a row that says so and is equal after all fails too.

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  methods: METHOD_ROWS,
  'bodies that are sent': BODY_ROWS,
  headers: HEADER_ROWS,
  options: OPTION_ROWS,
  redirects: REDIRECT_ROWS,
  Requests: REQUEST_ROWS,
  URLs: URL_ROWS,
  signals: SIGNAL_ROWS,
  statuses: STATUS_ROWS,
  fields: FIELD_ROWS,
  'bodies that are read': READING_ROWS,
  encodings: ENCODING_ROWS,
  integrity: INTEGRITY_ROWS,
  errors: ERROR_ROWS,
}

let server: ScriptedServer

beforeAll(async () => {
  server = await startScriptedServer()
})
afterAll(() => server[Symbol.asyncDispose]())

describe.each(Object.entries(TABLE))('session.fetch beside fetch: %s', (_, rows) => {
  it.each(
    rows.map((row) => [row.differs === undefined ? row.name : `${row.name} (differs: ${row.differs})`, row] as const),
  )('%s', async (_name, row) => {
    server.forget()
    const native = await row.observe(globalThis.fetch, server)
    server.forget()
    await using session = new Session()
    const ours = await row.observe(session.fetch, server)
    if (row.differs === undefined) expect(ours).toEqual(native)
    else expect(ours).not.toEqual(native)
  })
})
