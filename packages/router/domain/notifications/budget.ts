// How many messages about one call each a recipient still gets. What goes beyond is told together.
import { limits } from '@xerotier/protocol/limits.ts'
import { countSentAlone } from '../../store/notices.ts'
import type { Writing } from '../events/write.ts'

const hourMs = 3_600_000

export interface Budget {
  /** Takes a place when there is one. */
  tell(recipient: string, requester: string): boolean
  /** The same for the message that says how it ended. */
  tellEnd(recipient: string, requester: string): boolean
}

export async function readBudget({ tx, now }: Pick<Writing, 'tx' | 'now'>, recipients: string[]): Promise<Budget> {
  const sent = new Map<string, number>()
  const key = (recipient: string, requester: string) => `${recipient}\n${requester}`
  const add = (recipient: string, requester: string, count: number) => {
    for (const one of [recipient, key(recipient, requester)]) sent.set(one, (sent.get(one) ?? 0) + count)
  }
  const since = new Date(now.getTime() - hourMs)
  for (const { recipient, requester, told, ended } of await countSentAlone(tx, [...new Set(recipients)], since)) {
    add(recipient, requester, told + ended)
  }
  const take = (recipient: string, requester: string, ofRequester: number) => {
    if ((sent.get(recipient) ?? 0) >= limits.noticesPerRecipient) return false
    if ((sent.get(key(recipient, requester)) ?? 0) >= ofRequester) return false
    add(recipient, requester, 1)
    return true
  }
  return {
    tell: (recipient, requester) => take(recipient, requester, limits.noticesPerRequester),
    tellEnd: (recipient, requester) => take(recipient, requester, limits.endNoticesPerRequester),
  }
}
