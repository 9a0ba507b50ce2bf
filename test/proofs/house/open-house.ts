import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  isFunctionLikeDeclaration,
  isIdentifier,
  isStringLiteral,
  isVariableDeclaration,
  type Node,
  type SourceFile,
} from 'typescript/unstable/ast'
import { API, type APIOptions, type Checker } from 'typescript/unstable/sync'
import { type Import, importsOf } from './imports.ts'

/** One source file, as the compiler reads it. */
export interface HouseFile {
  /** From the repository's root. */
  readonly path: string
  /** The folder under src, or the top folder: `session`, `fixtures-server`, `test`; `src` for what lies loose in it. */
  readonly room: string
  readonly lines: number
  readonly source: SourceFile
  readonly imports: readonly Import[]
}

/** The whole tree, open for questions about types. */
export interface House extends Disposable {
  readonly files: readonly HouseFile[]
  /** The files of src alone: what is measured; the others are there as its users. */
  readonly own: readonly HouseFile[]
  readonly checker: Checker
  isOwn(node: Node): boolean
}

const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')

/** Opens the tree with the compiler (a process of its own, ended when the house is disposed of). */
export function openHouse(root = repository, options: APIOptions = {}): House {
  const api = new API({ cwd: root, ...options })
  const snapshot = api.updateSnapshot({ openProjects: [`${root}/test/tsconfig.json`] })
  const [project] = snapshot.getProjects()
  if (project === undefined) throw new Error(`expected a project in ${root}/test/tsconfig.json`)
  const { program, checker, rootFiles } = project
  const sources = rootFiles.toSorted().flatMap((name) => program.getSourceFile(name) ?? [])
  const paths = new Set(sources.map(({ fileName }) => relative(root, fileName)))
  const files = sources.map((source) => openFile(source, relative(root, source.fileName), paths))
  return {
    files,
    own: files.filter(({ path }) => path.startsWith('src/')),
    checker,
    isOwn: (node) => relative(root, node.getSourceFile().fileName).startsWith('src/'),
    [Symbol.dispose]() {
      snapshot.dispose()
      api.close()
    },
  }
}

function openFile(source: SourceFile, path: string, paths: ReadonlySet<string>): HouseFile {
  const [top = '', second = '', third] = path.split('/')
  const room = top === 'src' && third !== undefined ? second : top
  return {
    path,
    room,
    lines: source.text.trimEnd().split('\n').length,
    source,
    imports: importsOf(source, path, paths),
  }
}

/** Every node of a file, parents first. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node
  const children: Node[] = []
  node.forEachChild((child) => {
    children.push(child)
  })
  for (const child of children) yield* nodesOf(child)
}

/** Where a node begins, as `path:line`. */
export function placeOf(file: HouseFile, node: Node): string {
  return `${file.path}:${file.source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
}

export interface NamedLines {
  readonly name: string
  readonly place: string
  readonly lines: number
}

/** The functions of a file with their lines, doc comments not counted. */
export function functionsOf(file: HouseFile): NamedLines[] {
  const lineOf = (position: number) => file.source.getLineAndCharacterOfPosition(position).line
  return [...nodesOf(file.source)].filter(isFunctionLikeDeclaration).map((node) => ({
    name: nameOf(node),
    place: placeOf(file, node),
    lines: lineOf(node.getEnd()) - lineOf(node.getStart()) + 1,
  }))
}

/** The name that a function or class is declared with. */
export function nameOf(node: Node & { readonly name?: Node | undefined }): string {
  const name = node.name ?? (isVariableDeclaration(node.parent) ? node.parent.name : undefined)
  return name === undefined ? 'a function without a name' : name.getText()
}

/** The files of src that mention an option by its name: as an identifier or in quotes. */
export function mentionsOf(house: House, names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const mentions = new Map<string, string[]>(names.map((name) => [name, []]))
  for (const file of house.own) {
    const texts = new Set(
      [...nodesOf(file.source)].flatMap((node) => (isIdentifier(node) || isStringLiteral(node) ? node.text : [])),
    )
    for (const name of names) if (texts.has(name)) mentions.get(name)?.push(file.path)
  }
  return mentions
}
