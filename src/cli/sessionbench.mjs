#!/usr/bin/env node
import './require-node.mjs'

// In the repository the sources run as they are (Node strips the types); in the package tsc has compiled them.
const { existsSync } = await import('node:fs')
const source = new URL('./main.ts', import.meta.url)
await import(existsSync(source) ? source.href : new URL('./main.js', import.meta.url).href)
