import { Argument, type Command } from 'commander'
import { UsageError } from '../bench-error.ts'
import type { CommandContext } from './command-context.ts'
import { printSchemaCommand, writeSchemasCommand } from './commands/schema.ts'
import { type DocumentName, documentNames } from './json-schema.ts'

/** Adds `schema`: what programs may rely on in the documents that this one writes. */
export function addSchema(program: Command, { terminal }: Pick<CommandContext, 'terminal'>): void {
  program
    .command('schema')
    .description('print the JSON Schema of a document that other commands write')
    .addArgument(new Argument('[document]', 'which document (default: results)').choices(documentNames))
    .option('--all <folder>', 'write the schemas of all documents to a folder instead')
    .action(async (name: DocumentName | undefined, { all }: { readonly all?: string }) => {
      if (all === undefined) return printSchemaCommand(name ?? 'results', terminal)
      if (name !== undefined) throw new UsageError(`--all writes every schema: leave out '${name}'`)
      await writeSchemasCommand(all)
    })
}
