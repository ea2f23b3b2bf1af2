// What people are told, before it takes the form of a channel. All text in it comes from others:
// each channel writes it so that it is text and nothing else.
import { reviewed, reviewedLines } from '@xerotier/protocol/reviewed.ts'

export interface Message {
  title: string
  tone: 'asks' | 'good' | 'bad' | 'neutral'
  facts: readonly (readonly [label: string, value: string])[]
  /** What runs, to the letter: several lines. */
  code?: string
  /** Calls, where it is about several. */
  entries?: readonly string[]
  remarks?: readonly string[]
  /** Where to decide, of one person alone. */
  link?: { label: string; url: string }
  /** ISO; until when it can be decided. */
  until?: string
  /** What it is about: messages of one subject belong together. */
  subject: string
  /** What becomes of the alarm of that subject, where a channel has alarms. */
  alarm: 'raise' | 'acknowledge' | 'resolve' | 'none'
}

/** With the codes of what deceives in any of its texts: what channels put into their forms. */
export function reviewedMessage(message: Message): Message {
  const { title, facts, code, entries, remarks } = message
  return {
    ...message,
    title: reviewed(title),
    facts: facts.map(([label, value]) => [reviewed(label), reviewedLines(value)]),
    ...(code === undefined ? {} : { code: reviewedLines(code) }),
    ...(entries === undefined ? {} : { entries: entries.map(reviewed) }),
    ...(remarks === undefined ? {} : { remarks: remarks.map(reviewed) }),
  }
}

/** Cut to so many characters, and said so. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}… (${text.length - most} characters more)`
}
