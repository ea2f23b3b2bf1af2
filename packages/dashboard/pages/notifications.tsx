// Who is told of what happens, and what was sent to them.
import { getRouteApi } from '@tanstack/react-router'
import { useSearchChange } from '../api/search.ts'
import { Heading } from '../components/heading.tsx'
import { useHindrance } from '../components/hindrance.ts'
import { Channels } from '../components/notifications/channels.tsx'
import { Deliveries } from '../components/notifications/deliveries.tsx'
import { Webhooks } from '../components/notifications/webhooks.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { words } from '../words/en.ts'

const text = words.notifications
const route = getRouteApi('/frame/notifications')

export interface NotificationsSearch {
  tab?: string | undefined
  do?: string | undefined
  /** Of deliveries. */
  state?: string | undefined
  channel?: string | undefined
}

export function Notifications() {
  const { tab, do: action, state, channel }: NotificationsSearch = route.useSearch()
  const change = useSearchChange()
  const hindrance = useHindrance('management')
  const open = tab === 'channels' || tab === 'deliveries' ? tab : 'webhooks'
  const creation = {
    isCreating: action === 'create' && hindrance === undefined,
    setCreating: (on: boolean) => change({ do: on ? 'create' : undefined }, true),
  }
  return (
    <>
      <Heading title={text.title} />
      <Tabs
        label={text.title}
        tabs={text.tabs}
        open={open}
        onOpen={(name) =>
          change({ tab: name === 'webhooks' ? undefined : name, do: undefined, state: undefined, channel: undefined })
        }
      >
        {open === 'webhooks' && <Webhooks {...creation} />}
        {open === 'channels' && <Channels {...creation} />}
        {open === 'deliveries' && <Deliveries filter={{ state, channel }} change={change} />}
      </Tabs>
    </>
  )
}
