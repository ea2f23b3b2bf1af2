// What people are told, before it takes the form of a channel. All text in it comes from others:
// each channel writes it so that it is text and nothing else.

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
  /** What it is about: messages of one subject belong together. */
  subject: string
  /** What becomes of the alarm of that subject, where a channel has alarms. */
  alarm: 'raise' | 'acknowledge' | 'resolve' | 'none'
}

/** Cut to so many characters, and said so. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}… (${text.length - most} characters more)`
}
