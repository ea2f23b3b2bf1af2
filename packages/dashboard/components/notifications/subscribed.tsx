// What webhooks and channels have in common: what they hear of, how that goes, and what is done.
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Delivery } from '@xerotier/protocol/api/deliveries.ts'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { Ago } from '../../ui/time.tsx'
import { words } from '../../words/en.ts'
import { Act } from '../act.tsx'
import { Refused } from '../asked.tsx'
import { useHindrance } from '../hindrance.ts'
import { Said } from '../texts.tsx'

const text = words.notifications

export interface Subscribed {
  id: string
  events: readonly string[]
  workspaces: readonly { name: string }[]
  risks: readonly string[]
  is_active: boolean
  last_delivered_at: string | null
  last_error: string | null
}

export function Hears({ one: { events, workspaces, risks } }: { one: Subscribed }) {
  return <Said>{[events.join(', '), ...workspaces.map(({ name }) => name), ...risks].join(' · ')}</Said>
}

export function Going({ one: { is_active, last_error, last_delivered_at } }: { one: Subscribed }) {
  return (
    <>
      {!is_active ? (
        <Mark tone="calm" shape="bars">
          {text.inactive}
        </Mark>
      ) : last_error !== null ? (
        <Mark tone="bad" shape="cross">
          {text.failing}
        </Mark>
      ) : (
        <Mark tone="good" shape="check">
          {text.active}
        </Mark>
      )}
      <span className="block text-[12.5px] text-soft">
        {last_error !== null ? (
          <Said>{last_error}</Said>
        ) : last_delivered_at === null ? (
          `${text.last}: ${text.never}`
        ) : (
          <>
            {text.last} <Ago at={last_delivered_at} />
          </>
        )}
      </span>
    </>
  )
}

interface ActionsProps {
  one: Subscribed
  name: string
  /** As xeroctl calls them. */
  noun: 'webhooks' | 'notifications channels'
  test: () => Promise<Delivery>
  turn: (on: boolean) => Promise<unknown>
  remove: () => Promise<unknown>
  stale: readonly string[]
  /** A new secret, where there is one. */
  rotate?: () => void
}

export function SubscribedActions({ one, name, noun, test, turn, remove, stale, rotate }: ActionsProps) {
  const hindrance = useHindrance('management')
  const [open, setOpen] = useState<'turn' | 'delete'>()
  const close = () => setOpen(undefined)
  const testing = useMutation({ mutationFn: test })
  const small = '!min-h-7 !px-2'
  return (
    <span className="inline-grid justify-items-end gap-1">
      <span className="flex flex-wrap justify-end gap-1">
        <Button
          look="quiet"
          className={small}
          why={hindrance}
          aria-label={text.testOf(name)}
          disabled={testing.isPending}
          onClick={() => testing.mutate()}
        >
          {text.test}
        </Button>
        <Link
          to="/notifications"
          search={{ tab: 'deliveries', channel: one.id }}
          className="inline-flex min-h-7 items-center px-2"
        >
          {text.deliveries}
        </Link>
        <Button
          look="quiet"
          className={small}
          why={hindrance}
          aria-label={one.is_active ? text.turnOff(name) : text.turnOn(name)}
          onClick={() => setOpen('turn')}
        >
          {one.is_active ? text.off : text.on}
        </Button>
        {rotate !== undefined && (
          <Button look="quiet" className={small} why={hindrance} aria-label={text.rotateOf(name)} onClick={rotate}>
            {text.rotate}
          </Button>
        )}
        <Button
          look="quiet"
          className={small}
          why={hindrance}
          aria-label={text.deleteOf(name)}
          onClick={() => setOpen('delete')}
        >
          {text.delete}
        </Button>
      </span>
      <span role="status" className="text-[12.5px]">
        {testing.data !== undefined && <Said>{text.tested(testing.data.last_status, testing.data.last_error)}</Said>}
      </span>
      <Refused error={testing.error} />
      {open === 'turn' && (
        <Act
          title={one.is_active ? text.turnOff(name) : text.turnOn(name)}
          effect={one.is_active ? text.offEffect : text.onEffect}
          doIt={one.is_active ? text.turnOff(name) : text.turnOn(name)}
          line={`xeroctl ${noun} update ${one.id} --${one.is_active ? 'inactive' : 'active'}`}
          act={() => turn(!one.is_active)}
          stale={stale}
          close={close}
        />
      )}
      {open === 'delete' && (
        <Act
          title={text.deleteOf(name)}
          effect={text.deleteEffect}
          doIt={text.deleteOf(name)}
          look="danger"
          line={`xeroctl ${noun} delete ${one.id}`}
          act={remove}
          stale={stale}
          close={close}
        />
      )}
    </span>
  )
}

/** From a field of a form. */
export function listOf(typed: string): string[] {
  return typed
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
