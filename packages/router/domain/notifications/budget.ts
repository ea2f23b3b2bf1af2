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
  const asked = createCounts()
  const all = createCounts()
  const since = new Date(now.getTime() - hourMs)
  for (const { recipient, requester, told, ended } of await countSentAlone(tx, [...new Set(recipients)], since)) {
    asked.add(recipient, requester, told)
    all.add(recipient, requester, told + ended)
  }
  const mayHaveMore = (recipient: string) => all.ofRecipient(recipient) < limits.noticesPerRecipient
  return {
    // What ended uses up no place of what asks for a decision.
    tell(recipient, requester) {
      if (!mayHaveMore(recipient) || asked.of(recipient, requester) >= limits.noticesPerRequester) return false
      asked.add(recipient, requester, 1)
      all.add(recipient, requester, 1)
      return true
    },
    tellEnd(recipient, requester) {
      if (!mayHaveMore(recipient) || all.of(recipient, requester) >= limits.endNoticesPerRequester) return false
      all.add(recipient, requester, 1)
      return true
    },
  }
}

/** Of messages, by recipient and by recipient and requester. */
function createCounts() {
  const counts = new Map<string, number>()
  const key = (recipient: string, requester: string) => `${recipient}\n${requester}`
  return {
    add(recipient: string, requester: string, count: number) {
      for (const one of [recipient, key(recipient, requester)]) counts.set(one, (counts.get(one) ?? 0) + count)
    },
    ofRecipient: (recipient: string) => counts.get(recipient) ?? 0,
    of: (recipient: string, requester: string) => counts.get(key(recipient, requester)) ?? 0,
  }
}
