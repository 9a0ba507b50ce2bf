/**
 * What draws the plots in the reader's browser: plain script, because it is put into the page as it is. Data come from the
 * page's own JSON; names are never made into markup, the keys beside the plots are part of the page.
 */
export const pageScript = `
(() => {
  'use strict'
  const plots = JSON.parse(document.getElementById('plots').textContent)
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const percent = (x) => String(+(100 - 100 / x).toPrecision(12)) + ' %'
  const kinds = {
    percentiles: {
      scales: { x: { time: false, distr: 3 }, y: { distr: 3 } },
      xValues: (u, splits) => splits.map((x) => (Number.isInteger(Math.log10(x)) ? percent(x) : '')),
      line: { width: 2, points: { show: false } },
      labels: ['percentile', 'ms'],
    },
    throughput: {
      scales: { x: { time: false }, y: { range: (u, min, max) => [0, max * 1.05 || 1] } },
      line: { width: 1, spanGaps: true, points: { show: true, size: 5 } },
      labels: ['seconds since the first block', 'iterations/s'],
    },
  }
  let drawn = []
  const draw = () => {
    for (const plot of drawn) plot.destroy()
    drawn = [...document.querySelectorAll('.plot')].map((element) => {
      const { kind, data } = plots[element.dataset.plot]
      const { scales, xValues, line, labels } = kinds[kind]
      const axis = (label, more) => ({
        label, stroke: colour('--ink'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 }, ...more,
      })
      const series = data.slice(1).map((_, index) => {
        const stroke = colour('--arm-' + (index % 6))
        return { ...line, stroke, points: { ...line.points, stroke, fill: stroke } }
      })
      return new uPlot({
        width: element.clientWidth, height: 260, scales, padding: [8, 32, 0, 0], legend: { show: false }, cursor: { show: false },
        axes: [axis(labels[0], xValues && { values: xValues }), axis(labels[1], { size: 70 })],
        series: [{}, ...series],
      }, data, element)
    })
  }
  draw()
  const print = (isPrinting) => () => {
    document.documentElement.classList.toggle('printing', isPrinting)
    draw()
  }
  addEventListener('beforeprint', print(true))
  addEventListener('afterprint', print(false))
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  let width = innerWidth
  addEventListener('resize', () => {
    if (innerWidth !== width) draw()
    width = innerWidth
  })
})()
`
