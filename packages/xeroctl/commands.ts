// Every command, in the order of the help.
import type { Command, Group } from './command.ts'
import { agents } from './commands/agents/agents.ts'
import { approvals } from './commands/approvals/approvals.ts'
import { artifacts } from './commands/artifacts/artifacts.ts'
import { audit } from './commands/audit/audit.ts'
import { completionOf } from './commands/completion.ts'
import { config } from './commands/config/config.ts'
import { exec } from './commands/exec/exec.ts'
import { exports } from './commands/exports/exports.ts'
import { health } from './commands/health/health.ts'
import { keys } from './commands/keys/keys.ts'
import { legalHolds } from './commands/legal-holds/legal-holds.ts'
import { loginLink } from './commands/login-link.ts'
import { notifications } from './commands/notifications/notifications.ts'
import { pauses } from './commands/pauses/pauses.ts'
import { project } from './commands/project/project.ts'
import { status } from './commands/status.ts'
import { webhooks } from './commands/webhooks/webhooks.ts'
import { whoami } from './commands/whoami.ts'
import { workspaces } from './commands/workspaces/workspaces.ts'

export const commands: readonly (Command | Group)[] = [
  status,
  health,
  whoami,
  loginLink,
  agents,
  workspaces,
  exec,
  artifacts,
  approvals,
  pauses,
  legalHolds,
  audit,
  exports,
  keys,
  webhooks,
  notifications,
  project,
  config,
  completionOf(() => commands),
]
