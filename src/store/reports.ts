import { appendFile, mkdir, open, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../bench-error.ts'
import type { Results } from '../document/model.ts'
import { type ReportFormat, type ReportFormatName, reportFormats } from '../report/formats.ts'
import { readPlotAssets } from './plot-assets.ts'
import { checkWritable, unwritable, writeWholeFile } from './write-file.ts'

/** A report to be made, and where it goes. */
export interface ReportRequest {
  readonly format: ReportFormatName
  /** A file, or a folder for a format of several files. */
  readonly path: string
  /** Adds to the file instead of replacing it. */
  readonly isAppended: boolean
}

/** Makes sure beforehand that every report can be written, and none over another one or over one of `otherPaths`. */
export async function checkReports(requests: readonly ReportRequest[], otherPaths: readonly string[]): Promise<void> {
  // One file may well be read twice: compared with itself, say.
  const others = new Set(await Promise.all(otherPaths.map(findPlace)))
  const places = [...others, ...(await Promise.all(requests.map(({ path }) => findPlace(path))))]
  const twice = places.find((place, index) => places.indexOf(place) < index)
  if (twice !== undefined) throw new UsageError(`two reports would go to ${twice}: give each a file of its own`)
  for (const request of requests) await checkReport(request)
}

async function checkReport({ format, path, isAppended }: ReportRequest): Promise<void> {
  if (reportFormats[format].kind === 'folder') return checkWritable(join(await makeFolder(path), 'report'))
  if (!isAppended) return checkWritable(path)
  await open(path, 'a').then(
    (file) => file.close(),
    (cause) => {
      throw unwritable(path, cause)
    },
  )
}

/** Writes a report, each file whole. Rejects with UnwritableFile. */
export async function writeReport(request: ReportRequest, results: Results): Promise<void> {
  const { format: name, path } = request
  const format = reportFormats[name]
  if (format.kind === 'folder') {
    const folder = await makeFolder(path)
    for (const file of format.render(results)) await writeWholeFile(join(folder, file.name), file.text)
    return
  }
  await writeReportText(request, await renderReport(name, results))
}

/** Writes a report that is a text already. Rejects with UnwritableFile. */
export async function writeReportText({ path, isAppended }: ReportRequest, text: string): Promise<void> {
  if (!isAppended) return writeWholeFile(path, text)
  await appendFile(path, text).catch((cause) => {
    throw unwritable(path, cause)
  })
}

/** The text of a report that is one file. */
export async function renderReport(name: ReportFormatName, results: Results): Promise<string> {
  const format: ReportFormat = reportFormats[name]
  switch (format.kind) {
    case 'file':
      return format.render(results)
    case 'page':
      return format.render(results, await readPlotAssets())
    case 'folder':
      return format
        .render(results)
        .map(({ text }) => text)
        .join('\n')
    default:
      return format satisfies never
  }
}

async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true }).catch((cause) => {
    throw unwritable(path, cause)
  })
  return path
}

/** The path without links, also where the last part of it does not exist yet. */
async function findPlace(path: string): Promise<string> {
  const whole = resolve(path)
  if ((await stat(whole).catch(() => undefined)) !== undefined) return realpath(whole)
  const folder = await realpath(dirname(whole)).catch(() => dirname(whole))
  return join(folder, basename(whole))
}
