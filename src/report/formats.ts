import { renderJson } from '../document/json.ts'
import type { Results } from '../document/model.ts'
import { keysOf } from '../words/keys-of.ts'
import { renderBiggerIsBetter, renderSmallerIsBetter } from './action-benchmark.ts'
import { renderBlocksCsv, renderCsv } from './csv.ts'
import { renderHgrm } from './hgrm.ts'
import { renderHlog } from './hlog.ts'
import { type PlotAssets, renderHtml } from './html/render-html.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { renderOpenMetrics } from './open-metrics.ts'
import type { ReportFile } from './report-file.ts'

/** A form in which results can be written: one file, a page that carries plots, or a folder of files. */
export type ReportFormat = {
  /** What it is, for help texts. */
  readonly about: string
} & (
  | { readonly kind: 'file'; readonly render: (results: Results) => string }
  | { readonly kind: 'page'; readonly render: (results: Results, assets: PlotAssets) => string }
  | { readonly kind: 'folder'; readonly render: (results: Results) => readonly ReportFile[] }
)

/** Every format by the name that `--report` takes. */
export const reportFormats = {
  md: { kind: 'file', about: 'Markdown for a comment on a pull request', render: renderMarkdown },
  html: { kind: 'page', about: 'one page with tables and plots, for a browser', render: renderHtml },
  junit: { kind: 'file', about: 'JUnit XML', render: renderJunit },
  json: { kind: 'file', about: 'the results document', render: renderJson },
  csv: { kind: 'file', about: 'a row per arm and comparison', render: renderCsv },
  'csv-blocks': { kind: 'file', about: 'a row per block', render: renderBlocksCsv },
  hgrm: { kind: 'folder', about: 'a folder of HdrHistogram percentile distributions, one per arm', render: renderHgrm },
  hlog: { kind: 'file', about: 'HdrHistogram log: V2 histograms of all blocks', render: renderHlog },
  openmetrics: { kind: 'file', about: 'OpenMetrics text, for Prometheus', render: renderOpenMetrics },
  'smaller-is-better': {
    kind: 'file',
    about: "latencies for github-action-benchmark's customSmallerIsBetter",
    render: renderSmallerIsBetter,
  },
  'bigger-is-better': {
    kind: 'file',
    about: "throughput for github-action-benchmark's customBiggerIsBetter",
    render: renderBiggerIsBetter,
  },
} as const satisfies Record<string, ReportFormat>

export type ReportFormatName = keyof typeof reportFormats

export const reportFormatNames = keysOf(reportFormats)
