/**
 * Text as the content or an attribute of XML and HTML. What XML 1.0 cannot hold at all (control characters, halves of
 * surrogate pairs) becomes U+FFFD; line breaks survive in attributes.
 */
export function escapeMarkup(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(unholdable, '\ufffd')
    .replaceAll(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be replaced
const unholdable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g

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
