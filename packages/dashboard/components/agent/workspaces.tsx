import { Link } from '@tanstack/react-router'
import type { AgentDetail } from '@xerotier/protocol/api/agents.ts'
import { words } from '../../words/en.ts'
import { Said } from '../texts.tsx'

const text = words.agent

export function ServedWorkspaces({ agent: { workspaces } }: { agent: AgentDetail }) {
  if (workspaces.length === 0) return <p className="card p-4 text-soft">{text.noWorkspaces}</p>
  return (
    <ul className="card divide-y divide-line">
      {workspaces.map(({ id, name, credentials_ref }) => (
        <li key={id} className="flex flex-wrap items-center gap-3 px-4 py-2">
          <Link to="/workspaces/$workspaceId" params={{ workspaceId: id }} className="font-medium">
            <Said>{name}</Said>
          </Link>
          {credentials_ref !== null && (
            <span className="text-soft">
              {text.credentials}: <Said>{credentials_ref}</Said>
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
