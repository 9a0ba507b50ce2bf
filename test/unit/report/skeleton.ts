import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node

/** What a page is made of, whatever its words: its elements with their attributes, a line each. */
export function skeletonOf(html: string): string[] {
  const lines: string[] = []
  walk(parse(html), 0, (node, depth) => {
    if (!('tagName' in node)) {
      if (node.nodeName !== '#text' && node.nodeName !== '#document') lines.push(`${' '.repeat(depth)}${node.nodeName}`)
      return
    }
    const attributes = node.attrs.map(
      ({ name, value }) => ` ${name}=${name === 'style' || name === 'content' ? value : ''}`,
    )
    lines.push(`${' '.repeat(depth)}${node.tagName}${attributes.join('')}`)
  })
  return lines
}

/** The words of a page, without those of scripts and styles. */
export function wordsOf(html: string): string {
  let words = ''
  walk(parse(html), 0, (node) => {
    const parent = 'parentNode' in node ? node.parentNode : null
    const isShown = parent === null || !['script', 'style'].includes(parent.nodeName)
    if ('value' in node && isShown) words += node.value
  })
  return words
}

/** The page that GitHub makes of Markdown, before it takes out what it does not allow. */
export function pageOf(markdown: string): string {
  return micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })
}

function walk(node: Node, depth: number, visit: (node: Node, depth: number) => void): void {
  visit(node, depth)
  for (const child of 'childNodes' in node ? node.childNodes : []) walk(child, depth + 1, visit)
}
