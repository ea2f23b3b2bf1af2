// What can be done to a workspace as a whole.

import { useNavigate } from '@tanstack/react-router'
import type { Workspace } from '@xerotier/protocol/api/workspaces.ts'
import { useState } from 'react'
import { useClient } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Facts, Section } from '../../ui/state.tsx'
import { When } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { useHindrance } from '../hindrance.ts'
import { TargetPause } from '../target-pause.tsx'
import { Id, Said } from '../texts.tsx'

const text = words.workspace

export function Settings({ workspace }: { workspace: Workspace }) {
  const client = useClient()
  const navigate = useNavigate()
  const hindrance = useHindrance('inference', 'management')
  const mayPause = useHindrance('management')
  const [open, setOpen] = useState<'pause' | 'delete'>()
  const close = () => setOpen(undefined)
  return (
    <Section title={text.settings}>
      <div className="card grid gap-4 p-4">
        <Facts
          facts={[
            [words.id, <Id key="id" id={workspace.id} what={text.title} />],
            [text.type, workspace.type],
            [words.agent.description, <Said key="description">{workspace.description ?? '–'}</Said>],
            [text.made, <When key="made" at={workspace.created_at} />],
          ]}
        />
        <div className="flex flex-wrap gap-2">
          <Button why={mayPause} onClick={() => setOpen('pause')}>
            {words.fleet.pauseTitle(workspace.name)}
          </Button>
          <Button look="danger" why={hindrance} onClick={() => setOpen('delete')}>
            {text.deleteTitle(workspace.name)}
          </Button>
        </div>
      </div>
      {open === 'pause' && <TargetPause target={{ workspace: workspace.name }} name={workspace.name} close={close} />}
      {open === 'delete' && (
        <Act
          title={text.deleteTitle(workspace.name)}
          effect={text.deleteEffect}
          doIt={text.deleteNow(workspace.name)}
          look="danger"
          typed={workspace.name}
          line={`xeroctl workspaces delete ${workspace.name}`}
          act={async () => {
            await client.call('workspaces.delete', { params: { id: workspace.id } })
            await navigate({ to: '/' })
          }}
          stale={['workspaces', 'agents']}
          close={close}
        />
      )}
    </Section>
  )
}
