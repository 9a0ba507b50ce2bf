/** The name of a header (a token, RFC 9110, section 5.6.2). */
export const headerName = /^[\w!#$%&'*+.^`|~-]+$/
/** What can be sent as its value: visible characters of latin1, spaces and tabs. */
export const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/
