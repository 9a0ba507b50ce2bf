import { mergeConfig } from 'vitest/config'
import config from '../vitest.config.ts'

const merged = mergeConfig(config, { test: { reporters: [] } })
const { MUTATION_TESTS } = process.env
if (MUTATION_TESTS !== undefined && merged.test !== undefined) merged.test.include = JSON.parse(MUTATION_TESTS)

export default merged
