import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Results } from '../../../src/document/model.ts'
import { writeReport } from '../../../src/store/reports.ts'
import { documents, empty, hostile, hostileArm, manifold } from '../../unit/report/documents.ts'
import { isInstalled } from '../session/debian-servers.ts'

/** A page that was opened, and what it did beside showing itself. */
interface Opened extends AsyncDisposable {
  readonly page: Page
  readonly errors: readonly string[]
  readonly requests: readonly string[]
}

describe.runIf(isInstalled('chromium', 'chromium'))('the HTML report in Chromium', () => {
  let folder = ''
  let browser: Browser
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sessionbench-html-'))
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true })
  })

  async function open(results: Results, options: BrowserContextOptions = {}): Promise<Opened> {
    const path = join(folder, 'report.html')
    await writeReport({ format: 'html', path, isAppended: false }, results)
    return openFile(path, options)
  }

  async function openFile(path: string, options: BrowserContextOptions = {}): Promise<Opened> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const errors: string[] = []
    const requests: string[] = []
    page.on('console', (message) => void errors.push(message.text()))
    page.on('pageerror', (error) => void errors.push(error.message))
    page.on('dialog', (dialog) => {
      errors.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    const own = pathToFileURL(path).href
    page.on('request', (request) => request.url() !== own && void requests.push(request.url()))
    await page.goto(own, { waitUntil: 'load' })
    return { page, errors, requests, [Symbol.asyncDispose]: () => context.close() }
  }

  /** Whether anything but one colour is on each canvas. */
  const readCanvases = (page: Page) =>
    page.$$eval('canvas', (canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas
        const pixels = new Uint32Array(canvas.getContext('2d')?.getImageData(0, 0, width, height).data.buffer ?? [])
        return new Set(pixels).size
      }),
    )

  it.each(Object.entries({ ...documents, empty, hostile, manifold }))(
    'shows a run that is %s, asks for nothing, and complains of nothing',
    async (_, results) => {
      await using opened = await open(results)
      const { page, errors, requests } = opened
      expect({ errors, requests }).toEqual({ errors: [], requests: [] })
      const comparisons = results.scenarios.flatMap((scenario) => scenario.comparisons)
      const measured = comparisons.filter(({ blocks }) => blocks.length > 0)
      expect(await page.locator('article').count()).toBe(comparisons.length)
      expect(await page.locator('canvas').count()).toBe(2 * measured.length)
      expect(await page.locator('table').count()).toBeGreaterThanOrEqual(measured.length)
      for (const colours of await readCanvases(page)) expect(colours).toBeGreaterThan(2)
    },
  )

  it('would notice a request and an error', async () => {
    const path = join(folder, 'bad.html')
    await writeFile(path, '<!doctype html><img src="http://127.0.0.1:9/x.png"><script>throw new Error("bad")</script>')
    await using opened = await openFile(path)
    expect(opened.requests).toEqual(['http://127.0.0.1:9/x.png'])
    expect(opened.errors).toContain('bad')
  })

  it('shows hostile names as the text that they are', async () => {
    await using opened = await open(hostile)
    const { page } = opened
    expect(await page.locator('main script').count()).toBe(0)
    expect(await page.locator('a').count()).toBe(0)
    const names = await page.locator('tbody th').allTextContents()
    expect(names.join('\n')).toContain('x"><script>alert(1)</script>|`*_[a](http://b)\\ @team #1')
    expect(names.join('')).not.toBe(hostileArm)
  })

  it('needs no script for findings, tables and the forest plot', async () => {
    await using opened = await open(documents.held, { javaScriptEnabled: false })
    const { page } = opened
    expect(await page.locator('h1').textContent()).toBe('sessionbench: 1 threshold held')
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(3)
    expect(await page.locator('svg circle').count()).toBeGreaterThan(1)
    expect(await page.locator('noscript').first().textContent()).toContain('needs JavaScript')
  })

  it('follows dark and light, also when that changes, and prints black on white', async () => {
    await using opened = await open(documents.held, { colorScheme: 'dark' })
    const { page, errors } = opened
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await background()).toBe('rgb(13, 17, 23)')
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await background()).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.evaluate("dispatchEvent(new Event('beforeprint')) && undefined")
    expect(await background()).toBe('rgb(255, 255, 255)')
    await page.evaluate("dispatchEvent(new Event('afterprint')) && undefined")
    expect(await background()).toBe('rgb(13, 17, 23)')
    expect(await page.locator('canvas').count()).toBe(2)
    expect((await page.pdf()).subarray(0, 4).toString()).toBe('%PDF')
    expect(errors).toEqual([])
  })

  it('can be read aloud: a language, a heading order, named plots, row and column heads', async () => {
    await using opened = await open(manifold)
    const { page } = opened
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    const levels = await page.$$eval('h1, h2, h3', (heads) => heads.map(({ tagName }) => Number(tagName[1])))
    expect(levels.every((level, index) => index === 0 || level - (levels[index - 1] ?? 0) <= 1)).toBe(true)
    expect(await page.locator('.plot:not([aria-label])').count()).toBe(0)
    expect(await page.locator('th:not([scope])').count()).toBe(0)
  })
})
