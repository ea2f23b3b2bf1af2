import type { ReactNode } from 'react'

/** What a view says when it has nothing else to show. */
export function Notice({ title, children, alert = false }: { title: string; children?: ReactNode; alert?: boolean }) {
  return (
    <div role={alert ? 'alert' : undefined} className="card grid justify-items-center gap-2 px-6 py-10 text-center">
      <p className="text-[15px] font-semibold">{title}</p>
      {children !== undefined && (
        <div className="grid max-w-[60ch] justify-items-center gap-3 text-soft">{children}</div>
      )}
    </div>
  )
}

/** As high as what it stands for. */
export function Skeleton({ rows, label, children }: { rows: number; label: string; children?: ReactNode }) {
  return (
    <div role="status" className="card grid gap-3 p-4">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, at) => (
        <div key={`row ${at.toString()}`} className="h-5 animate-pulse rounded bg-calm-soft" />
      ))}
      {children}
    </div>
  )
}

export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="grid content-start gap-2">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-2">
        <h2>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  )
}

/** Wider than its place on a small screen: it scrolls by itself, also by keyboard. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section aria-label={label} tabIndex={0} className="card relative overflow-x-auto">
      {children}
    </section>
  )
}

/** Longer than its place: it scrolls by itself, also by keyboard. */
export function Tall({ label, className = '', children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section aria-label={label} tabIndex={0} className={`max-h-72 overflow-auto ${className}`}>
      {children}
    </section>
  )
}

export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-5 gap-y-1.5">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
