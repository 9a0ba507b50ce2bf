export default {
  question: '',
  baseline: 'nobody',
  variants: { a: 1, b: () => () => {} },
  workload: { model: 'closed', concurrency: 0 },
}
