import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { unwritable, writeWholeFile } from '../../store/write-file.ts'
import { type DocumentName, documentNames, renderJsonSchema } from '../json-schema.ts'
import type { Terminal } from '../terminal.ts'

/** Prints the JSON Schema of one document. */
export function printSchemaCommand(name: DocumentName, terminal: Terminal): void {
  terminal.printDocument(renderJsonSchema(name))
}

/** Writes the JSON Schema of every document to a folder, as the package ships them. */
export async function writeSchemasCommand(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw unwritable(folder, cause)
  })
  for (const name of documentNames) await writeWholeFile(join(folder, `${name}.schema.json`), renderJsonSchema(name))
}
