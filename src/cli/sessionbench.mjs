#!/usr/bin/env node
import './require-node.mjs'

const { existsSync } = await import('node:fs')
const nodeModule = await import('node:module')

// Halves the start of this process and, by way of the environment, of every arm and fixture process.
nodeModule.enableCompileCache?.()
const cacheFolder = nodeModule.getCompileCacheDir?.()
if (cacheFolder) process.env.NODE_COMPILE_CACHE ??= cacheFolder

// In the repository the sources run as they are (Node strips the types); in the package tsc has compiled them.
const source = new URL('./main.ts', import.meta.url)
await import(existsSync(source) ? source.href : new URL('./main.js', import.meta.url).href)
