/**
 * Text as the content or an attribute of XML and HTML. What XML 1.0 cannot hold at all (control characters, halves of
 * surrogate pairs), and marks that would turn what stands around them, become U+FFFD; line breaks survive in attributes.
 */
export function escapeMarkup(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(unholdable, '\ufffd')
    .replaceAll(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character)
}

const unholdable = /(?![\t\n\r])[\p{Cc}\ufffe\uffff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}
