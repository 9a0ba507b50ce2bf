import tls from 'node:tls'
import { expect, it } from 'vitest'
import { makeCertificates } from '../../../fixtures-server/certificates.ts'
import { trustTarget } from '../../../src/arm/trust-target.ts'

/** What Node trusts, each once. */
const trusted = () => new Set(tls.getCACertificates('default').map((pem) => pem.replaceAll(/\s/g, '')))

it("adds the target's CA to those that Node trusts, until it is taken back", async () => {
  const { ca } = await makeCertificates()
  const known = trusted()
  const env = {}
  const back = trustTarget({ ca }, env)
  expect(trusted()).toEqual(new Set([...known, ca.replaceAll(/\s/g, '')]))
  back()
  expect(trusted()).toEqual(known)
  expect(env).toEqual({})
})

it.each([[{}], [{ NODE_TLS_REJECT_UNAUTHORIZED: '1' }]])('verifies nothing in %j, until it is taken back', (before) => {
  const env: NodeJS.ProcessEnv = { ...before }
  const back = trustTarget({ verify: false }, env)
  expect(env).toEqual({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })
  back()
  expect(env).toEqual(before)
})

it('changes nothing where nothing is asked for', () => {
  const known = trusted()
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '1' }
  const back = trustTarget({}, env)
  expect([env, trusted()]).toEqual([{ NODE_TLS_REJECT_UNAUTHORIZED: '1' }, known])
  back()
  expect([env, trusted()]).toEqual([{ NODE_TLS_REJECT_UNAUTHORIZED: '1' }, known])
})

it('says of a CA that cannot be read that it cannot', () => {
  const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  expect(() => trustTarget({ ca }, {})).toThrow(/the CA of the target \(--ca\) holds no certificate that can be read: /)
})
