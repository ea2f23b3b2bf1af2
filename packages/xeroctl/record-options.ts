// Options that name a record of the router: the same words, the same letter and the same completion
// everywhere.
import { type Option, text } from './options.ts'

export function workspaceOption(summary: string): Option<string | undefined> {
  return text(summary, { placeholder: 'workspace', short: 'w', live: 'workspaces' })
}

export function agentOption(summary: string): Option<string | undefined> {
  return text(summary, { placeholder: 'agent', live: 'agents' })
}

export function toolOption(summary: string): Option<string | undefined> {
  return text(summary, { placeholder: 'tool', live: 'tools' })
}
