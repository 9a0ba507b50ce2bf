import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Argument, type Command } from 'commander'
import { UsageError } from '../../bench-error.ts'
import { unwritable, writeWholeFile } from '../../store/write-file.ts'
import type { CommandContext } from '../command-context.ts'
import { type DocumentName, documentNames, renderJsonSchema } from '../json-schema.ts'

interface SchemaRequest {
  readonly name: DocumentName | undefined
  /** A folder that gets the schemas of all documents, as the package ships them. */
  readonly all?: string
}

/** Adds `schema`: what programs may rely on in the documents that this one writes. */
export function addSchema(program: Command, context: CommandContext): void {
  program
    .command('schema')
    .description('print the JSON Schema of a document that other commands write')
    .addArgument(new Argument('[document]', 'which document (default: results)').choices(documentNames))
    .option('--all <folder>', 'write the schemas of all documents to a folder instead')
    .action((name: DocumentName | undefined, flags: Pick<SchemaRequest, 'all'>) => schema({ name, ...flags }, context))
}

async function schema({ name, all }: SchemaRequest, { terminal }: CommandContext): Promise<void> {
  if (all === undefined) return terminal.printDocument(renderJsonSchema(name ?? 'results'))
  if (name !== undefined) throw new UsageError(`--all writes every schema: leave out '${name}'`)
  await mkdir(all, { recursive: true }).catch((cause) => {
    throw unwritable(all, cause)
  })
  for (const each of documentNames) await writeWholeFile(join(all, `${each}.schema.json`), renderJsonSchema(each))
}
