import { BadArgument } from './bad-argument.ts'

const maxDepth = 100
// Indented, a few bytes deep inside become a long line each.
const maxIndentBytes = 32 * 1024 * 1024

/** Throws when a JSON value that a client sent is too deep, or its echo would be out of all proportion. */
export function weighJson(value: unknown): void {
  let indentBytes = 0
  const branches: { readonly branch: object; readonly depth: number }[] = []
  const add = (child: unknown, depth: number) => {
    if (child !== null && typeof child === 'object') branches.push({ branch: child, depth })
  }
  add(value, 1)
  for (let next = branches.pop(); next; next = branches.pop()) {
    const { branch, depth } = next
    if (depth > maxDepth) throw new BadArgument(`the JSON is nested more than ${maxDepth} deep`)
    const children: unknown[] = Array.isArray(branch) ? branch : Object.values(branch)
    indentBytes += 2 * depth * children.length
    if (indentBytes > maxIndentBytes) throw new BadArgument('the JSON is too large to be echoed with its indentation')
    for (const child of children) add(child, depth + 1)
  }
}
