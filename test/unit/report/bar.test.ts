import { describe, expect, it } from 'vitest'
import { drawBar } from '../../../src/report/bar.ts'

describe('drawBar', () => {
  it.each([
    [0, ''],
    [0.001, '▏'],
    [0.05, '▌'],
    [0.5, '█████'],
    [0.99, '█████████▉'],
    [1, '██████████'],
  ])('%f: %s', (share, bar) => {
    expect(drawBar(share)).toBe(bar)
  })
})
