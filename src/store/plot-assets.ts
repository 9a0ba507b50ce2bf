import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { PlotAssets } from '../report/html/render-html.ts'

const { resolve } = createRequire(import.meta.url)

/** Reads what a page of plots carries from the installed uPlot. */
export async function readPlotAssets(): Promise<PlotAssets> {
  const [script, style] = await Promise.all(
    ['uplot/dist/uPlot.iife.min.js', 'uplot/dist/uPlot.min.css'].map((file) => readFile(resolve(file), 'utf8')),
  )
  return { script: script as string, style: style as string }
}
