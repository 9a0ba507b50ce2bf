import { type Header, jsonReply, redirectReply, textReply } from '../application/reply.ts'
import type { Route } from '../application/router.ts'

const html = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>A kept connection</title></head>
  <body>
    <h1>A kept connection</h1>
    <p>The first letter took three days to arrive, for the post had to find the road. The second took one, for now
    somebody knew the way and had left the gate open.</p>
  </body>
</html>
`

const xml = `<?xml version="1.0" encoding="utf-8"?>
<slideshow title="Connections" date="2026" author="sessionbench">
  <slide type="all"><title>Open once</title></slide>
  <slide type="all">
    <title>Use often</title>
    <item>Ask <em>again</em></item>
    <item>Close at the end</item>
  </slide>
</slideshow>
`

const json = {
  slideshow: {
    author: 'sessionbench',
    date: '2026',
    slides: [
      { title: 'Open once', type: 'all' },
      { items: ['Ask <em>again</em>', 'Close at the end'], title: 'Use often', type: 'all' },
    ],
    title: 'Connections',
  },
}

const robots = 'User-agent: *\nDisallow: /deny\n'

const deny = `
   .-----------.
   |  NO ENTRY |
   '-----------'
        | |
     This page is for nobody.
`

const utf8 = `<!doctype html>
<meta charset="utf-8">
<title>Unicode</title>
<h1>Unicode</h1>
<pre>
Latin      naïve façade, Ærøskøbing, ĳsvogel, Łódź
Greek      Γαῖαν ἐρχομένην, ταχύτητα
Cyrillic   Съешь ещё этих мягких булок
Hebrew     שלום עולם      Arabic   مرحبا بالعالم
Devanagari नमस्ते दुनिया     Thai     สวัสดีชาวโลก
Han        你好，世界      Kana     こんにちは    Hangul   안녕하세요
Maths      ∮ E·da = Q, ∑ 1/n² = π²/6, ∀x∈ℝ: ⌈x⌉ = −⌊−x⌋
Emoji      🔌 ↔ 🖥️  👩‍🚀
</pre>
`

const form = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Pizza order</title></head>
  <body>
    <form method="post" action="/post">
      <p><label>Customer name: <input name="custname"></label></p>
      <p><label>Telephone: <input type="tel" name="custtel"></label></p>
      <p><label>E-mail address: <input type="email" name="custemail"></label></p>
      <fieldset><legend>Pizza size</legend>
        <p><label><input type="radio" name="size" value="small"> Small</label></p>
        <p><label><input type="radio" name="size" value="medium"> Medium</label></p>
        <p><label><input type="radio" name="size" value="large"> Large</label></p>
      </fieldset>
      <fieldset><legend>Pizza toppings</legend>
        <p><label><input type="checkbox" name="topping" value="bacon"> Bacon</label></p>
        <p><label><input type="checkbox" name="topping" value="cheese"> Extra cheese</label></p>
        <p><label><input type="checkbox" name="topping" value="onion"> Onion</label></p>
        <p><label><input type="checkbox" name="topping" value="mushroom"> Mushroom</label></p>
      </fieldset>
      <p><label>Delivery time: <input type="time" name="delivery" min="11:00" max="21:00" step="900"></label></p>
      <p><label>Instructions: <textarea name="comments"></textarea></label></p>
      <p><button>Order</button></p>
    </form>
  </body>
</html>
`

/** Fixed documents of several types. */
export const documentRoutes: readonly Route[] = [
  fixed('/html', html, 'text/html; charset=utf-8'),
  fixed('/xml', xml, 'application/xml'),
  fixed('/robots.txt', robots, 'text/plain'),
  fixed('/deny', deny, 'text/plain'),
  fixed('/encoding/utf8', utf8, 'text/html; charset=utf-8'),
  fixed('/forms/post', form, 'text/html; charset=utf-8'),
  { template: '/json', methods: ['GET'], answer: () => jsonReply(json) },
  { template: '/links/{n:int}', methods: ['GET'], answer: (_ask, { n }) => redirectReply(`/links/${n}/0`) },
  {
    template: '/links/{n:int}/{offset:int}',
    methods: ['GET'],
    answer: (_ask, { n, offset }) => textReply(linkPage(Number(n), Number(offset))),
  },
]

/** The page that lists every route. */
export function indexRoute(routes: readonly Route[]): Route {
  const items = routes.map(({ template, methods }) => `      <li><code>${methods.join(' ')} ${template}</code></li>`)
  const page = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>sessionbench fixtures</title></head>
  <body>
    <h1>sessionbench fixtures</h1>
    <ul>
${items.join('\n')}
    </ul>
  </body>
</html>
`
  return fixed('/', page, 'text/html; charset=utf-8')
}

function fixed(template: string, text: string, type: string): Route {
  const headers: Header[] = [['Content-Type', type]]
  return { template, methods: ['GET'], answer: () => textReply(text, { headers }) }
}

function linkPage(wanted: number, offset: number): string {
  const count = Math.min(Math.max(1, wanted), 200)
  const links = Array.from({ length: count }, (_, i) =>
    i === offset ? `${i} ` : `<a href='/links/${count}/${i}'>${i}</a> `,
  )
  return `<html><head><title>Links</title></head><body>${links.join('')}</body></html>`
}
