// A policy: written on the left, and on the right what it does.

import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useClient } from '../../api/client.ts'
import { policiesQuery } from '../../api/policies.ts'
import { Button } from '../../ui/button.tsx'
import { changesOf } from '../../ui/differences.ts'
import type { Members } from '../../ui/json-schema.ts'
import { Mark } from '../../ui/mark.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { words } from '../../words/en.ts'
import { stateWords } from '../../words/en-states.ts'
import { Act } from '../act.tsx'
import { Missing } from '../asked.tsx'
import { useHindrance } from '../hindrance.ts'
import { Said } from '../texts.tsx'
import { Backtest } from './backtest.tsx'
import { Chain } from './chain.tsx'
import { DocumentForm, DocumentText } from './document-form.tsx'
import { type Draft, useDraft } from './draft.ts'
import { History } from './history.tsx'
import { Save } from './save.tsx'
import { TryCall } from './try-call.tsx'

const text = words.policy

interface Props {
  name: string
  /** Its name; undefined: all that have no policy of their own. */
  workspace: string | undefined
  /** What decides now, or would be there to begin with. */
  base: Members
}

export function PolicyEditor({ name, workspace, base }: Props) {
  const client = useClient()
  const { data } = useQuery(policiesQuery(client))
  const policy = data?.data.find((one) => one.name === name)
  const draft = useDraft(base)
  const hindrance = useHindrance('management')
  const [mode, setMode] = useState<'form' | 'json'>('form')
  const [panel, setPanel] = useState<keyof typeof text.panels>('chain')
  const [open, setOpen] = useState<'save' | 'delete' | 'activate'>()
  const changes = changesOf(base, draft.document).length
  const newest = policy?.newest_version ?? 0
  // While something is written it is the version that it was begun on: who changed it since is not
  // written over.
  const seen = useRef(newest)
  if (changes === 0) seen.current = newest
  const close = () => setOpen(undefined)
  const waiting = policy?.draft_version
  return (
    <div className="grid gap-3">
      <div className="card sticky top-0 z-10 flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
        <span className="min-w-0 flex-1">
          <span className="font-semibold">
            <Said>{name}</Said>
          </span>{' '}
          <span className="text-soft">
            {policy === undefined
              ? text.isNew
              : policy.version === null
                ? text.onlyDraft
                : text.decides(policy.version)}
          </span>
        </span>
        <Verdict draft={draft} />
        <span className="text-[13px] text-soft">{changes === 0 ? text.unchanged : text.changed(changes)}</span>
        <Button look="quiet" disabled={changes === 0} onClick={() => draft.change(base)}>
          {text.undo}
        </Button>
        <Button
          look="primary"
          why={hindrance ?? (draft.problems.length > 0 ? text.fixFirst : undefined)}
          disabled={!draft.isValid}
          onClick={() => setOpen('save')}
        >
          {text.save}
        </Button>
      </div>
      {draft.unchecked !== undefined && (
        <Missing what={stateWords.check} asked={draft.unchecked} error={draft.unchecked.error} />
      )}
      {waiting != null && (
        <p className="card flex flex-wrap items-center justify-between gap-2 px-4 py-2">
          {text.drafted(waiting)}
          <Button why={hindrance} onClick={() => setOpen('activate')}>
            {text.activate}
          </Button>
        </p>
      )}
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.5fr)_minmax(360px,1fr)]">
        <Tabs label={words.policies.title} tabs={{ form: text.form, json: text.json }} open={mode} onOpen={setMode}>
          {mode === 'form' ? <DocumentForm draft={draft} workspace={workspace} /> : <DocumentText draft={draft} />}
        </Tabs>
        <div className="xl:sticky xl:top-16">
          <Tabs label={text.panel} tabs={text.panels} open={panel} onOpen={setPanel}>
            <div className="card p-4">
              {panel === 'chain' && <Chain document={draft.document} />}
              {panel === 'test' && <TryCall draft={draft} name={name} workspace={workspace} />}
              {panel === 'backtest' && <Backtest draft={draft} name={name} workspace={workspace} />}
              {panel === 'versions' &&
                (policy === undefined ? (
                  <p className="text-soft">{text.noVersions}</p>
                ) : (
                  <History draft={draft} name={name} />
                ))}
            </div>
          </Tabs>
        </div>
      </div>
      {policy !== undefined && (
        <Button look="danger" className="justify-self-start" why={hindrance} onClick={() => setOpen('delete')}>
          {text.delete}
        </Button>
      )}
      {open === 'save' && <Save draft={draft} name={name} workspace={workspace} newest={seen.current} close={close} />}
      {policy !== undefined && open === 'activate' && waiting != null && (
        <Activate name={name} version={waiting} close={close} />
      )}
      {policy !== undefined && open === 'delete' && <Delete name={name} newest={policy.newest_version} close={close} />}
    </div>
  )
}

function Verdict({ draft: { problems, isChecking, unchecked } }: { draft: Draft }) {
  return (
    <span role="status">
      {problems.length > 0 ? (
        <Mark tone="bad" shape="cross">
          {text.problems(problems.length)}
        </Mark>
      ) : isChecking ? (
        <span className="text-[13px] text-soft">
          {unchecked === undefined ? text.checking : `${text.checking}: ${stateWords.unknown}`}
        </span>
      ) : (
        <Mark tone="good" shape="check">
          {text.valid}
        </Mark>
      )}
    </span>
  )
}

const stale = ['policies', 'approvals', 'overview'] as const

function Activate({ name, version, close }: { name: string; version: number; close: () => void }) {
  const client = useClient()
  return (
    <Act
      title={text.activateTitle(name, version)}
      effect={text.activateEffect}
      doIt={text.activateTitle(name, version)}
      line={`xeroctl approvals policy activate ${name}`}
      act={() => client.call('policies.activate', { params: { policy: name }, body: {}, ifMatch: version })}
      stale={stale}
      close={close}
    />
  )
}

function Delete({ name, newest, close }: { name: string; newest: number; close: () => void }) {
  const client = useClient()
  return (
    <Act
      title={text.deleteTitle(name)}
      effect={text.deleteEffect}
      doIt={text.deleteNow(name)}
      look="danger"
      line={`xeroctl approvals policy delete ${name}`}
      act={() => client.call('policies.delete', { params: { policy: name }, ifMatch: newest })}
      stale={stale}
      close={close}
    />
  )
}
