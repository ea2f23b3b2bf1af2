// A certificate that nobody vouches for, by the openssl program.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SelfSigned {
  cert: string
  key: string
}

/** Undefined where there is no openssl. */
export function selfSigned(names: readonly string[] = ['localhost'], days = 30): SelfSigned | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'xerotier-certificate-'))
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const { status } = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', `${days}`],
      ...['-keyout', key, '-out', cert, '-subj', `/CN=${names[0]}`],
      ...['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`],
    ])
    if (status !== 0) return undefined
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const withoutOpenssl = 'needs the openssl program to make a certificate'
