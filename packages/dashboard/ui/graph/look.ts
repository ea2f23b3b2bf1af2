// The colours of the page, as a canvas needs them.
import type { Tone } from '../mark.tsx'

export interface Look {
  card: string
  raised: string
  ink: string
  soft: string
  line: string
  field: string
  accent: string
  tone: Record<Tone, string>
  toneSoft: Record<Tone, string>
  font: string
}

/** As the theme says now. */
export function lookOf(element: Element): Look {
  const probe = document.createElement('span')
  element.append(probe)
  const colour = (name: string) => {
    probe.className = name
    return getComputedStyle(probe).color
  }
  const look: Look = {
    card: colour('text-card'),
    raised: colour('text-raised'),
    ink: colour('text-ink'),
    soft: colour('text-soft'),
    line: colour('text-line'),
    field: colour('text-field'),
    accent: colour('text-accent'),
    tone: {
      good: colour('text-good'),
      warn: colour('text-warn'),
      bad: colour('text-bad'),
      calm: colour('text-calm'),
      accent: colour('text-accent'),
    },
    toneSoft: {
      good: colour('text-good-soft'),
      warn: colour('text-warn-soft'),
      bad: colour('text-bad-soft'),
      calm: colour('text-calm-soft'),
      accent: colour('text-accent-soft'),
    },
    font: getComputedStyle(element).fontFamily,
  }
  probe.remove()
  return look
}
