import { describe, expect, it } from 'vitest'
import * as format from '../../../src/words/format.ts'
import { visibleLength, wrapText } from '../../../src/words/wrap-text.ts'

describe('format', () => {
  it.each([
    [format.formatRate(0), '0'],
    [format.formatRate(3.06), '3.1'],
    [format.formatRate(26_225.6), '26,226'],
    [format.formatMs(1), '0.001'],
    [format.formatMs(184), '0.184'],
    [format.formatMs(2_630), '2.63'],
    [format.formatMs(45_600), '45.6'],
    [format.formatMs(1_234_567), '1,235'],
    [format.formatFigures([737, 737.25]).join(' '), '737 737.3'],
    [format.formatFigures([0, 0.001]).join(' '), '0 0.001'],
    [format.formatFigures([12_345.5, 12_345.51]).join(' '), '12,345.5 12,345.51'],
    [format.formatFigures([143, 143]).join(' '), '143 143'],
    [format.formatPerConnection(100, 0), '–'],
    [format.formatPerConnection(100, 100), '1.00'],
    [format.formatPerConnection(640, 20), '32.0'],
    [format.formatPerConnection(42_050, 10), '4,205'],
    [format.formatTimes([3.1]).join(), '3.1'],
    [format.formatTimes([3.1, 3, 3.2]).join(), '3.1,3.0,3.2'],
    [format.formatTimes([3.11, 3.09, 3.14]).join(), '3.11,3.09,3.14'],
    [format.formatTimes([1.75, 1.7, 1.8]).join(), '1.75,1.70,1.80'],
    [format.formatTimes([50.2, 41.3, 60.1]).join(), '50,41,60'],
    [format.formatTimes([1_200, 1_100, 1_300]).join(), '1,200,1,100,1,300'],
    [format.formatSignedPercent(4.23), '+4.2'],
    [format.formatSignedPercent(-0.84), '−0.8'],
    [format.formatShare(0), '0 %'],
    [format.formatShare(0.0123), '1.2 %'],
    [format.formatShare(0.943), '94 %'],
    [format.formatCounted(1, 'connection'), '1 connection'],
    [format.formatCounted(0.998, 'connection'), '1 connection'],
    [format.formatCounted(2, 'round trip'), '2 round trips'],
    [format.formatCounted(0.25, 'handshake'), '0.25 handshakes'],
    [format.formatDuration(950), '0.9 s'],
    [format.formatDuration(83_400), '83 s'],
    [format.formatDuration(125_000), '2 min 5 s'],
    [format.formatDuration(179_700), '3 min 0 s'],
    [format.formatWholeSeconds(41_000), '45s'],
    [format.formatFigure(0.0916), '0.0916'],
    [format.formatFigure(26_225.6), '26,226'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected)
  })
})

describe('wrapText', () => {
  it('breaks at spaces, indents what follows, and keeps a word that is too long whole', () => {
    expect(wrapText('one two three', 7, '  ')).toBe('one two\n  three')
    expect(wrapText('a incomprehensibilities b', 6)).toBe('a\nincomprehensibilities\nb')
  })

  it('does not count colour codes', () => {
    const red = '\u001b[31mred\u001b[39m'
    expect(visibleLength(red)).toBe(3)
    expect(wrapText(`${red} ${red}`, 7)).toBe(`${red} ${red}`)
  })
})
