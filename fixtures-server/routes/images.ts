import { type Ask, headerOf } from '../application/ask.ts'
import type { Reply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'
import { statusReply } from './status.ts'

// One small picture, two dots over a line, in four formats.
const png = Buffer.from(
  `iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAkklEQVR42mP8+vUDAy0BEwONwagFA28BC1bR580WyFzJ2hNYlbkv
   zELm7oyfRpQP0EzHKoJpOlYRLBZgNQtTHKtZWMWZiDEdTRaX6VhlR5PpILMAV3pHk8Wa3nHlBiZcpuAXx2UHpjgTQbNw2YppFlZb
   GYd8hYMo7IxTN1DR3LOzA0YzGpGAcbTZMmrBqAW0twAATUc10IJ9U24AAAAASUVORK5CYII=`,
  'base64',
)

const jpeg = Buffer.from(
  `/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO
   UlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P
   T09PT09PT0//wAARCAAgACADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUF
   BAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW
   V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi
   4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAEC
   AxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm
   Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq
   8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD0SaWOCJpZWCooySahtb+1u2ZbeYOyjJGCDj8azfE6StBC6hjEpO/HQHjGf1rH0lJX1ODy
   QxKuGYjsuef0riqYiUavIkdlPDRlS529TqLzU7KxdUupwjMMgYJOPwqxBNFcQpNA4eNxlWHeuC1uOaPV7n7QGBZyyljnK54x7Y/l
   it7wdHMttcO4YQuy+Xk8EjOSB+XPt7V0qV3Y8uFZyny2HeINS1a0u1gsNOF1A8QLEwu4ySQRwcdMce9ZUWseIIc+ToMce7rss5Bn
   9a7Wit1OKWsUauMukjiZtX1+42/aNAil29N9nI2PzNa3h/UtWurtoL/ThawJFlCIHQZBAA5OOmePaugoolUi1ZREoNO9z//Z`,
  'base64',
)

const webp = Buffer.from(
  `UklGRnYAAABXRUJQVlA4TGoAAAAvH8AHAB8gECBOzFqz5EVp2wbMq/1+03KhAOLUiiB/lBDmP/6lAFrAqLZtJQeXOSVIQQS9fYjC
   kPVS0MwdAkT0X23aBkw8p73B+xQCc6GU01kKrYLecpCywey5jrbj7pMf14zTDu+++AsA`,
  'base64',
)

const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
  <rect x="3" y="19" width="26" height="4" fill="#285aa0"/>
  <circle cx="9" cy="11" r="5" fill="#dc7828"/>
  <circle cx="22" cy="11" r="5" fill="#3c965a"/>
</svg>
`)

const images: Readonly<Record<string, { type: string; bytes: Buffer }>> = {
  png: { type: 'image/png', bytes: png },
  jpeg: { type: 'image/jpeg', bytes: jpeg },
  webp: { type: 'image/webp', bytes: webp },
  svg: { type: 'image/svg+xml', bytes: svg },
}

/** A small picture, in the format of the path or of the Accept header. */
export const imageRoutes: readonly Route[] = [
  { template: '/image', methods: ['GET'], answer: imageByAccept },
  ...Object.keys(images).map(
    (name): Route => ({
      template: `/image/${name}`,
      methods: ['GET'],
      answer: () => imageReply(name),
    }),
  ),
]

// httpbin's order of preference, which looks at no quality values.
function imageByAccept(ask: Ask): Reply {
  const accept = headerOf(ask, 'accept')?.toLowerCase()
  if (accept === undefined) return imageReply('png')
  const name = ['webp', 'svg', 'jpeg', 'png'].find((each) => accept.includes((images[each] as { type: string }).type))
  if (name !== undefined) return imageReply(name)
  return accept.includes('image/*') ? imageReply('png') : statusReply(406)
}

function imageReply(name: string): Reply {
  const { type, bytes } = images[name] as { type: string; bytes: Buffer }
  return { status: 200, headers: [['Content-Type', type]], body: bytes }
}
