#!/usr/bin/env node
import './require-node.mjs'

const { existsSync } = await import('node:fs')
const nodeModule = await import('node:module')

// In the repository the sources run as they are (Node strips the types); in the package tsc has compiled them.
const extension = existsSync(new URL('./main.ts', import.meta.url)) ? 'ts' : 'js'
const load = (path) => import(new URL(`${path}.${extension}`, import.meta.url).href)

if (nodeModule.enableCompileCache !== undefined && !process.env.NODE_COMPILE_CACHE) {
  // Halves the start of this process and, by way of the environment, of every arm and fixture process. Node's own choice of
  // a folder is in the shared temporary one, where other users could leave code for this one to run.
  const { openOwnCache } = await load('../store/own-folder')
  const { folder } = openOwnCache('compiled')
  if (folder === undefined) {
    process.env.NODE_DISABLE_COMPILE_CACHE = '1'
  } else {
    nodeModule.enableCompileCache(folder)
    process.env.NODE_COMPILE_CACHE = folder
  }
}

await load('./main')
