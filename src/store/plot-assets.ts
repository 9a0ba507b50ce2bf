import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { PlotAssets } from '../report/html/render-html.ts'

const require = createRequire(import.meta.url)

/** Reads what a page of plots carries from the installed uPlot. */
export async function readPlotAssets(): Promise<PlotAssets> {
  const [script, style] = await Promise.all([
    readFile(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
  ])
  return { script, style }
}
