import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeCertificates } from '../../../fixtures-server/certificates.ts'
import { type CertificateOptions, issueCertificate } from '../../../fixtures-server/issue-certificate.ts'

const made = await makeCertificates()
const ca = new X509Certificate(made.ca)
const leaves = { leaf: made.leaf, expired: made.expired, wrongHost: made.wrongHost, client: made.client }

describe('makeCertificates', () => {
  it('makes an authority that may sign, and is signed by itself', () => {
    expect(ca).toMatchObject({ ca: true, subject: 'CN=sessionbench fixture CA', issuer: 'CN=sessionbench fixture CA' })
    expect(ca.verify(ca.publicKey)).toBe(true)
    expect(ca.subjectAltName).toBeUndefined()
  })

  it.each(Object.entries(leaves))('%s is signed by the authority, which it is not one of', (_, { cert, key }) => {
    const certificate = new X509Certificate(cert)
    expect(certificate.ca).toBe(false)
    expect(certificate.checkIssued(ca)).toBe(true)
    expect(certificate.verify(ca.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true)
  })

  it('has one thing wrong with each that is not good', () => {
    const [leaf, expired, wrongHost, selfSigned] = [made.leaf, made.expired, made.wrongHost, made.selfSigned].map(
      ({ cert }) => new X509Certificate(cert),
    ) as [X509Certificate, X509Certificate, X509Certificate, X509Certificate]
    expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
    expect(leaf.checkHost('localhost')).toBe('localhost')
    expect([leaf.checkIP('127.0.0.1'), leaf.checkIP('::1'), leaf.checkIP('127.0.0.2')]).toEqual([
      '127.0.0.1',
      '::1',
      undefined,
    ])
    const isInTime = ({ validFromDate, validToDate }: X509Certificate) =>
      validFromDate.getTime() < Date.now() && Date.now() < validToDate.getTime()
    expect([leaf, expired, wrongHost, selfSigned].map(isInTime)).toEqual([true, false, true, true])
    expect(wrongHost.checkHost('localhost')).toBeUndefined()
    expect(wrongHost.checkHost('wrong.host.test')).toBe('wrong.host.test')
    expect(selfSigned.verify(ca.publicKey)).toBe(false)
    expect(selfSigned.verify(selfSigned.publicKey)).toBe(true)
  })

  it('says what each may be used for', () => {
    const usesOf = (cert: string) => new X509Certificate(cert).keyUsage
    expect(usesOf(made.leaf.cert)).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(usesOf(made.client.cert)).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(usesOf(made.ca)).toBeUndefined()
  })

  it('gives each a number of its own', () => {
    const all = [made.ca, made.leaf.cert, made.expired.cert, made.wrongHost.cert, made.client.cert]
    const numbers = all.map((cert) => new X509Certificate(cert).serialNumber)
    expect(new Set(numbers).size).toBe(all.length)
    for (const number of numbers) expect(number).toMatch(/^[4-7][0-9A-F]{31}$/)
  })
})

it.each([
  ['::', '0:0:0:0:0:0:0:0'],
  ['2001:db8::8:800:200c:417a', '2001:DB8:0:0:8:800:200C:417A'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['::ffff:10.0.0.1', '0:0:0:0:0:FFFF:A00:1'],
])('takes %s for the address that it is', async (host, shown) => {
  const options: CertificateOptions = {
    ...{ commonName: 'x', use: 'server', hosts: [host] },
    ...{ notBefore: new Date(), notAfter: new Date(Date.now() + 1_000) },
  }
  const { cert } = await issueCertificate(options)
  expect(new X509Certificate(cert).subjectAltName).toBe(`IP Address:${shown}`)
})

it('is in its time beyond 2049, where years have four digits', async () => {
  const notAfter = new Date('2061-02-03T04:05:06Z')
  const { cert } = await issueCertificate({ commonName: 'x', use: 'server', notBefore: new Date(), notAfter })
  expect(new X509Certificate(cert).validToDate).toEqual(notAfter)
})
