// Stopping an agent, and letting it go on.

import type { Agent } from '@xerotier/protocol/api/agents.ts'
import { useState } from 'react'
import { useClient } from '../api/client.ts'
import { Button } from '../ui/button.tsx'
import { words } from '../words/en.ts'
import { Act } from './act.tsx'
import { useHindrance } from './hindrance.ts'
import { TargetPause } from './target-pause.tsx'

const text = words.fleet

export function AgentPause({ agent }: { agent: Agent }) {
  const client = useClient()
  const hindrance = useHindrance('management')
  /** Chosen once: the agent may change under an open dialog, and what it does must not. */
  const [open, setOpen] = useState<'pause' | 'resume'>()
  const isPaused = agent.paused.some(({ workspace_id, tool }) => workspace_id === null && tool === null)
  const title = isPaused ? text.resumeTitle(agent.name) : text.pauseTitle(agent.name)
  const close = () => setOpen(undefined)
  return (
    <>
      <Button aria-label={title} why={hindrance} onClick={() => setOpen(isPaused ? 'resume' : 'pause')}>
        {isPaused ? text.resume : text.pause}
      </Button>
      {open === 'pause' && <TargetPause target={{ agent: agent.name }} name={agent.name} close={close} />}
      {open === 'resume' && (
        <Act
          title={text.resumeTitle(agent.name)}
          effect={text.resumeEffect}
          doIt={text.resumeNow(agent.name)}
          line={`xeroctl agents resume-exec ${agent.name}`}
          act={() => client.call('agents.resume', { params: { id: agent.id }, body: {} })}
          stale={['agents', 'agent', 'overview', 'topology']}
          close={close}
        />
      )}
    </>
  )
}
