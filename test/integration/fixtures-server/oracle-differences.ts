import type { Question } from './oracle-requests.ts'

interface Difference {
  readonly paths: RegExp
  readonly methods?: readonly string[]
  readonly when?: (question: Question) => boolean
  readonly reason: string
}

const header = (name: string, value: string) => (question: Question) => question.fields?.[name] === value

/** Where this server means to differ from Debian's httpbin 0.7, and why. */
const differences: readonly Difference[] = [
  {
    paths: /^\/(nowhere|get\/|bytes\/x|bytes\/-1|redirect\/x|cache\/x|base64\/)$/,
    reason: 'what is not served is said in JSON, with the reason, and not in HTML',
  },
  { paths: /^\/post$/, methods: ['HEAD'], reason: 'a wrong method is told in JSON' },
  { paths: /^\/get$/, methods: ['POST', 'PUT', 'DELETE'], reason: 'a wrong method is told in JSON' },
  { paths: /^\/status\/418$/, reason: 'the teapot is drawn anew; the original drawing is not ours to copy' },
  {
    paths: /^\/status\/200:1:2,300$/,
    reason: 'httpbin fails with 500 where the code cannot be read; here it is a 400',
  },
  {
    paths: /^\/redirect-to\?url=(\/%C3%BC|a%20b)$/,
    reason: 'the location is sent exactly as given; httpbin escapes it, bytes above 127 twice',
  },
  {
    paths: /^\/bearer$/,
    when: header('Authorization', 'Bearer abc'),
    reason: 'httpbin 0.7 strips any of the letters of "Bearer " from the token; later versions do not',
  },
  {
    paths: /^\/range\/100$/,
    when: header('Range', 'bytes=10-20,30-40'),
    reason: 'several ranges are ignored as RFC 9110 allows; httpbin misreads them',
  },
  {
    paths: /^\/base64\/(a|_w==)$/,
    reason: 'httpbin fails with 500 where the text is not base64 or not UTF-8; here it is a 400',
  },
]

/** The reason for which the answers to a question may differ, if there is one. */
export function explained(question: Question): string | undefined {
  const found = differences.find(
    ({ paths, methods, when }) =>
      paths.test(question.path) && (methods?.includes(question.method) ?? true) && (when?.(question) ?? true),
  )
  return found?.reason
}
