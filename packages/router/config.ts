// Every setting of the router.
import { siemFormats } from '@xerotier/protocol/api/exports.ts'
import { limits } from '@xerotier/protocol/limits.ts'
import { email, host, networks, postgresUrl, tcpAddress } from '@xerotier/runtime/address-options.ts'
import { collectorUrl } from '@xerotier/runtime/collector-options.ts'
import { encryptionKeys } from '@xerotier/runtime/key-options.ts'
import { logLevels } from '@xerotier/runtime/log.ts'
import { baseUrl, mailAddress, secretText, smtpUrl } from '@xerotier/runtime/mail-options.ts'
import { boolean, choice, integer, list, type OptionTable, path, text } from '@xerotier/runtime/option.ts'
import { traceUrlTemplate, tracingOptions } from '@xerotier/runtime/tracing/options.ts'
import { cosignerKey, submissionPrefix } from '@xerotier/runtime/witness-options.ts'

export const options = {
  state_dir: {
    env: ['XEROTIER_STATE_DIR'],
    type: path,
    // Beside /var/lib/xerotier, which is the agent's and its user's.
    default: '/var/lib/xerotier-router',
    help: "Folder of the router's keys and of its embedded Postgres, 0700.",
  },
  encryption_key: {
    env: ['XEROTIER_COMPLETION_ENCRYPTION_KEY'],
    type: encryptionKeys,
    secret: true,
    required: (values) => values.database_url !== undefined,
    help: 'Encrypts the secrets in the database (AES-256-GCM): 32 bytes in hex or base64, as `openssl rand -hex 32` prints. To replace it put the new one before it, with a comma, until the log says that secrets were encrypted anew. Needed with database_url; else made in state_dir.',
  },
  database_url: {
    env: ['XEROTIER_DATABASE_URL'],
    type: postgresUrl,
    secret: true,
    help: 'PostgreSQL 15 or later itself, not a pooler in front of it. Without it the router runs its own.',
  },
  http_host: {
    env: ['XEROTIER_HTTP_HOST'],
    type: host,
    default: '127.0.0.1',
    help: 'Address of the HTTP API. Other than loopback needs a certificate, or http_allow_plain.',
  },
  http_port: {
    env: ['XEROTIER_HTTP_PORT'],
    type: integer(0, 65535),
    default: 8080,
    help: 'Port of the HTTP API; 0 takes a free one.',
  },
  http_allow_plain: {
    env: ['XEROTIER_HTTP_ALLOW_PLAIN'],
    type: boolean,
    default: false,
    help: 'Serve plain HTTP on other addresses too: only behind a proxy that speaks TLS.',
  },
  tls_cert_path: {
    env: ['XEROTIER_TLS_CERT_PATH'],
    type: path,
    help: 'PEM certificate chain; with tls_key_path the API is HTTPS. Read again at SIGHUP, and within half a minute when it changes.',
  },
  tls_key_path: { env: ['XEROTIER_TLS_KEY_PATH'], type: path, help: 'PEM private key.' },
  trusted_proxies: {
    env: ['XEROTIER_TRUSTED_PROXIES'],
    type: networks,
    default: [] as readonly string[],
    help: 'Addresses or CIDRs whose X-Forwarded-For is believed.',
  },
  data_plane: {
    env: ['XEROTIER_DATA_PLANE'],
    type: tcpAddress,
    default: 'tcp://127.0.0.1:5555',
    help: 'Where agents connect (CurveZMQ); port 0 takes a free one.',
  },
  data_plane_alternate: {
    env: ['XEROTIER_DATA_PLANE_ALTERNATE'],
    type: tcpAddress,
    help: "Where agents connect as well while the router's CURVE key is replaced, and after that: keys take data_plane and this in turn. Default: the next port of data_plane.",
  },
  announced_address: {
    env: ['XEROTIER_ANNOUNCED_ADDRESS'],
    type: tcpAddress,
    help: 'The data-plane address as agents reach it, put into join keys; default: data_plane.',
  },
  announced_alternate: {
    env: ['XEROTIER_ANNOUNCED_ALTERNATE'],
    type: tcpAddress,
    help: 'data_plane_alternate as agents reach it; default: its port, at the host of announced_address.',
  },
  log_level: {
    env: ['XEROTIER_LOG_LEVEL'],
    type: choice(logLevels),
    default: 'info',
    help: 'Log verbosity. Lines are JSON on stderr.',
  },
  commit_lanes: {
    env: ['XEROTIER_COMMIT_LANES'],
    type: integer(1, 16),
    default: 2,
    help: 'Database connections of the group commit; 4 where a disk sync takes 2 ms or more.',
  },
  requests_per_minute: {
    env: ['XEROTIER_REQUESTS_PER_MINUTE'],
    type: integer(1, 1_000_000_000),
    default: limits.requestsPerMinutePerKey,
    help: 'Rate limit of an API key that has no quota of its own.',
  },
  public_requests_per_minute: {
    env: ['XEROTIER_PUBLIC_REQUESTS_PER_MINUTE'],
    type: integer(1, 1_000_000_000),
    default: limits.publicRequestsPerMinute,
    help: 'Rate limit of an address for what needs no API key.',
  },
  queue_seconds: {
    env: ['XEROTIER_QUEUE_SECONDS'],
    type: integer(1, 86_400),
    default: limits.queueSeconds,
    help: 'How long a call may wait for an agent before it expires.',
  },
  hold_lowered_risks: {
    env: ['XEROTIER_HOLD_LOWERED_RISKS'],
    type: boolean,
    default: true,
    help: 'Hold a tool whose agent calls it milder than before until somebody accepts that (xeroctl agents accept-risk).',
  },
  lost_agent_grace_seconds: {
    env: ['XEROTIER_LOST_AGENT_GRACE_SECONDS'],
    type: integer(1, 86_400),
    default: 60,
    help: 'How long an at-most-once call of a lost agent waits for it before it becomes ambiguous.',
  },
  key_overlap_seconds: {
    env: ['XEROTIER_KEY_OVERLAP_SECONDS'],
    type: integer(1, 86_400),
    default: limits.keyOverlapSeconds,
    help: 'How long a CURVE key counts beside the one that took its place.',
  },
  smtp_url: {
    env: ['XEROTIER_SMTP_URL'],
    type: smtpUrl,
    secret: true,
    help: 'Mail server: smtp://user@host:587 (STARTTLS, always), smtps://host:465, or smtp://host:25?tls=off. Without it nobody gets mail.',
  },
  smtp_password_file: {
    env: ['XEROTIER_SMTP_PASSWORD_FILE'],
    type: path,
    help: 'File of mode 0600 with the password for the mail server, in place of one in smtp_url.',
  },
  mail_from: {
    env: ['XEROTIER_MAIL_FROM'],
    type: mailAddress,
    required: (values) => values.smtp_url !== undefined,
    help: 'Sender of mail, such as xerotier@example.com; needed with smtp_url.',
  },
  approval_link_secret: {
    env: ['XEROTIER_APPROVAL_LINK_SECRET'],
    type: secretText(32),
    secret: true,
    help: 'Signs one-time links in mails, with which people decide without a key: 32 characters or more. Without it there are none.',
  },
  public_url: {
    env: ['XEROTIER_PUBLIC_URL'],
    type: baseUrl,
    help: 'Where people reach this router, for links in messages: https://xerotier.example.com. Default: where it listens.',
  },
  oidc_issuer: {
    env: ['XEROTIER_OIDC_ISSUER'],
    type: baseUrl,
    help: 'Identity provider that logs people in at the dashboard (OpenID Connect): https://login.example.com/realms/ops. It leads back to <public_url>/ops/api/login/provider/callback. Without it there is none.',
  },
  oidc_client_id: {
    env: ['XEROTIER_OIDC_CLIENT_ID'],
    type: text,
    required: (values) => values.oidc_issuer !== undefined,
    help: 'What the identity provider calls this router; needed with oidc_issuer.',
  },
  oidc_client_secret: {
    env: ['XEROTIER_OIDC_CLIENT_SECRET'],
    type: secretText(16),
    secret: true,
    required: (values) => values.oidc_issuer !== undefined,
    help: 'By which it knows this router: 16 characters or more; needed with oidc_issuer.',
  },
  oidc_name: {
    env: ['XEROTIER_OIDC_NAME'],
    type: text,
    help: 'What the button says, such as "Example SSO". Default: the host of oidc_issuer.',
  },
  oidc_domains: {
    env: ['XEROTIER_OIDC_DOMAINS'],
    type: list,
    help: 'Domains of the addresses that may log in, with commas between. Default: all that it has verified.',
  },
  oidc_groups: {
    env: ['XEROTIER_OIDC_GROUPS'],
    type: list,
    help: 'Values of the claim `groups`, with commas between: only who has one may log in. Default: all.',
  },
  trace_url_template: {
    env: ['XEROTIER_TRACE_URL_TEMPLATE'],
    type: traceUrlTemplate,
    help: 'Page of a trace, with {trace_id} in place of its id, such as https://jaeger.example.com/trace/{trace_id}: executions link to it.',
  },
  frontend_audit_retention_days: {
    env: ['XEROTIER_FRONTEND_AUDIT_RETENTION_DAYS'],
    type: integer(1, limits.retentionDaysMax),
    default: 365,
    help: 'How many days the audit logs are kept, which are made of events: a project may keep its events longer, and not shorter.',
  },
  audit_witness_url: {
    env: ['XEROTIER_AUDIT_WITNESS_URL'],
    type: submissionPrefix,
    help: 'A witness outside that signs what it has seen of the audit logs (C2SP tlog-witness): checkpoints are posted to add-checkpoint under it.',
  },
  audit_witness_key: {
    env: ['XEROTIER_AUDIT_WITNESS_KEY'],
    type: cosignerKey,
    required: (values) => values.audit_witness_url !== undefined,
    help: 'The verifier key of that witness, <name>+<id>+<key>: what others sign does not count. Needed with audit_witness_url.',
  },
  audit_witness_ca_path: {
    env: ['XEROTIER_AUDIT_WITNESS_CA_PATH'],
    type: path,
    help: "PEM certificates of who vouches for the witness, in place of the system's.",
  },
  siem_url: {
    env: ['XEROTIER_SIEM_URL'],
    type: collectorUrl,
    help: 'Who gets the audit records of all projects as they happen: syslog+tls://host:6514 (RFC 5424 and 5425), syslog+tcp://host:601, or a web server, to which they are posted a line each.',
  },
  siem_format: {
    env: ['XEROTIER_SIEM_FORMAT'],
    type: choice(siemFormats),
    default: 'cef',
    help: 'What a record looks like there: CEF, OCSF, or JSON as in exports.',
  },
  siem_ca_path: {
    env: ['XEROTIER_SIEM_CA_PATH'],
    type: path,
    help: "PEM certificates of who vouches for the collector, in place of the system's.",
  },
  siem_token_file: {
    env: ['XEROTIER_SIEM_TOKEN_FILE'],
    type: path,
    help: 'File of mode 0600 with the bearer token for a collector that is a web server.',
  },
  notification_private_targets: {
    env: ['XEROTIER_NOTIFICATION_PRIVATE_TARGETS'],
    type: boolean,
    default: false,
    help: 'Let webhooks and channels reach this host and private networks, also by plain HTTP: for receivers of your own.',
  },
  bootstrap_project: {
    env: ['XEROTIER_BOOTSTRAP_PROJECT'],
    type: text,
    help: 'Slug of the project to make on an empty database.',
  },
  bootstrap_key_file: {
    env: ['XEROTIER_BOOTSTRAP_KEY_FILE'],
    type: path,
    help: "Where that project's first API key is written, 0600. A start that finds it missing, revoked or expired writes a new one. Default: api-key in state_dir.",
  },
  bootstrap_owner: {
    env: ['XEROTIER_BOOTSTRAP_OWNER'],
    type: email,
    default: 'owner@localhost',
    help: 'E-mail of the person who owns that project, an admin of the installation. Its first API key acts as they.',
  },
  bootstrap_self_approval: {
    env: ['XEROTIER_BOOTSTRAP_SELF_APPROVAL'],
    type: boolean,
    default: false,
    help: 'Let requesters of that project approve their own calls: for one-person projects.',
  },
  ...tracingOptions('xerotier-router'),
} satisfies OptionTable

/** Of the agent, of xeroctl and of `npm start`, which may share an environment with the router. */
export const foreignEnv = [
  'XEROTIER_AGENT_ALLOW_INSECURE',
  'XEROTIER_API_KEY',
  'XEROTIER_BASE_URL',
  'XEROTIER_CONTEXT',
  'XEROTIER_DATA_PLANE_PORT',
  'XEROTIER_DATA_PLANE_ALTERNATE_PORT',
  'XEROTIER_FRONTEND_URL',
  'XEROTIER_XEM_METRICS_PORT',
]
