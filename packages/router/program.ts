// xerotier-router
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '@xerotier/protocol/thrown.ts'
import { systemClock } from '@xerotier/runtime/clock.ts'
import { loadConfig, requireComplete } from '@xerotier/runtime/config.ts'
import { ConfigError } from '@xerotier/runtime/config-error.ts'
import { parseFlags } from '@xerotier/runtime/config-flags.ts'
import { showConfig, showHelp } from '@xerotier/runtime/config-show.ts'
import { createLog } from '@xerotier/runtime/log.ts'
import type { Values } from '@xerotier/runtime/option.ts'
import { print } from '@xerotier/runtime/print.ts'
import { runProcess } from '@xerotier/runtime/process.ts'
import { readSecretFile } from '@xerotier/runtime/secret-file.ts'
import { StartError } from '@xerotier/runtime/start-error.ts'
import { tracingOf } from '@xerotier/runtime/tracing/options.ts'
import { backupCommandOf, backupHelp, runBackupCommand } from './backup/command.ts'
import { foreignEnv, options } from './config.ts'
import { expiryOf, type ReadCertificate } from './http/certificate.ts'
import manifest from './package.json' with { type: 'json' }
import { type RouterOptions, startRouter } from './router.ts'

const program = 'xerotier-router'

/** @throws StartError */
function main(): void {
  const words = process.argv.slice(2)
  const backup = backupCommandOf(words)
  const flags = parseFlags(options, backup?.settings ?? words)
  if (flags.program.has('--help'))
    return void print(`${showHelp(program, manifest.description, options, process.stdout.columns)}\n${backupHelp}`)
  if (flags.program.has('--version')) return void print(`${program} ${manifest.version}\n`)
  const config = loadConfig(options, { flags, env: process.env, envPrefixes: ['XEROTIER_'], foreignEnv })
  if (flags.program.has('--print-config')) return void print(showConfig(options, config))
  if (backup !== undefined) return void copyAndEnd(backup, config.values)
  requireComplete(options, config.missing)
  const log = createLog({ level: config.values.log_level, name: program })
  for (const warning of config.warnings) log.warning({}, warning)
  const settings = routerOptions(config.values)
  void runProcess(log, async () => {
    const router = await startRouter({ ...settings, clock: systemClock, log })
    const ended = router.lost.then(() => {
      log.critical({}, 'another router has taken over the database; this one ends')
      return 1
    })
    return { stop: () => router.stop(), reload: () => router.reload(), ended }
  })
}

/** Ends the process when it is done. */
async function copyAndEnd(command: NonNullable<ReturnType<typeof backupCommandOf>>, values: Values<typeof options>) {
  const log = createLog({ level: 'warning', name: program })
  const { state_dir: stateDir, database_url: databaseUrl } = values
  try {
    print(await runBackupCommand(command, { stateDir, databaseUrl }, { log, version: manifest.version }))
  } catch (error) {
    process.stderr.write(`${program} ${command.command}: ${messageOf(error)}\n`)
    process.exitCode = error instanceof StartError ? error.exitCode : 1
  }
}

/** @throws ConfigError for settings that contradict each other, or files that cannot be read */
function routerOptions(values: Values<typeof options>): Omit<RouterOptions, 'clock' | 'log'> {
  if ((values.tls_cert_path === undefined) !== (values.tls_key_path === undefined)) {
    throw new ConfigError('invalidValue', 'tls_cert_path and tls_key_path go together: set both or none')
  }
  return {
    stateDir: values.state_dir,
    encryptionKeys: values.encryption_key,
    databaseUrl: values.database_url,
    http: {
      host: values.http_host,
      port: values.http_port,
      allowPlainRemote: values.http_allow_plain,
      trustedProxies: [...values.trusted_proxies],
      requestsPerMinutePerKey: values.requests_per_minute,
      publicRequestsPerMinute: values.public_requests_per_minute,
      tls: certificateOf(values),
    },
    dataPlane: {
      address: values.data_plane,
      alternate: values.data_plane_alternate,
      announced: values.announced_address,
      announcedAlternate: values.announced_alternate,
    },
    lanes: values.commit_lanes,
    tracing: tracingOf(values),
    settings: {
      queueSeconds: values.queue_seconds,
      lostAgentGraceMs: values.lost_agent_grace_seconds * 1000,
      holdLoweredRisks: values.hold_lowered_risks,
      keyOverlapMs: values.key_overlap_seconds * 1000,
      privateTargets: values.notification_private_targets,
      auditDays: values.frontend_audit_retention_days,
      traceUrl: values.trace_url_template,
    },
    mail: mailOf(values),
    siem: siemOf(values),
    identityProvider: identityProviderOf(values),
    witness: witnessOf(values),
    linkSecret: values.approval_link_secret,
    publicUrl: values.public_url,
    bootstrap:
      values.bootstrap_project === undefined
        ? undefined
        : {
            slug: values.bootstrap_project,
            keyFile: values.bootstrap_key_file ?? join(values.state_dir, 'api-key'),
            allowSelfApproval: values.bootstrap_self_approval,
            owner: values.bootstrap_owner,
          },
  }
}

/** @throws ConfigError when the file of the password cannot be read */
function mailOf(values: Values<typeof options>): RouterOptions['mail'] {
  const { smtp_url: url, smtp_password_file: file, mail_from: from } = values
  if (url === undefined || from === undefined) return undefined
  if (file === undefined) return { url, from }
  return { url, from, password: secretOf('smtp_password_file', file) }
}

function identityProviderOf(values: Values<typeof options>): RouterOptions['identityProvider'] {
  const { oidc_issuer: issuer, oidc_client_id: clientId, oidc_client_secret: clientSecret } = values
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined
  const { oidc_name: name, oidc_domains: domains, oidc_groups: groups } = values
  return { issuer, clientId, clientSecret, name, domains: domains?.map((one) => one.toLowerCase()), groups }
}

/** @throws ConfigError when a file of it cannot be read */
function siemOf(values: Values<typeof options>): RouterOptions['siem'] {
  const { siem_url: url, siem_format: format, siem_ca_path: ca, siem_token_file: file } = values
  if (url === undefined) return undefined
  return {
    url,
    format,
    ca: ca === undefined ? undefined : contentOf('siem_ca_path', ca).toString(),
    token: file === undefined ? undefined : secretOf('siem_token_file', file),
  }
}

/** @throws ConfigError when its certificates cannot be read */
function witnessOf(values: Values<typeof options>): RouterOptions['witness'] {
  const { audit_witness_url: url, audit_witness_key: key, audit_witness_ca_path: ca } = values
  if (url === undefined || key === undefined) return undefined
  return { url, key, ca: ca === undefined ? undefined : contentOf('audit_witness_ca_path', ca).toString() }
}

/** @throws ConfigError */
function secretOf(setting: keyof typeof options, file: string): string {
  try {
    const secret = readSecretFile(file)?.trim()
    if (secret === undefined) throw new Error(`there is no ${file}`)
    return secret
  } catch (error) {
    throw new ConfigError('invalidValue', `${setting}: ${messageOf(error)}`)
  }
}

/** @throws ConfigError when the files hold no certificate and its key */
function certificateOf({ tls_cert_path, tls_key_path }: Values<typeof options>): ReadCertificate | undefined {
  if (tls_cert_path === undefined || tls_key_path === undefined) return undefined
  const read = () => ({
    cert: contentOf('tls_cert_path', tls_cert_path),
    key: contentOf('tls_key_path', tls_key_path),
  })
  const first = read()
  try {
    expiryOf(first)
  } catch (error) {
    throw new ConfigError('invalidValue', `tls_cert_path and tls_key_path cannot be used: ${messageOf(error)}`)
  }
  return read
}

/** @throws ConfigError */
function contentOf(setting: keyof typeof options, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new ConfigError('invalidValue', `${setting}: ${path} cannot be read (${code})`)
  }
}

try {
  main()
} catch (error) {
  if (!(error instanceof StartError)) throw error
  process.stderr.write(`${program}: ${error.message}\n`)
  process.exitCode = error.exitCode
}
