import { type ComponentProps, type MouseEvent, useId, useState } from 'react'

const looks = {
  plain: 'border-line bg-card text-ink hover:bg-raised',
  primary: 'border-transparent bg-accent text-accent-ink hover:opacity-90',
  danger: 'border-bad bg-card text-bad hover:bg-bad-soft',
  quiet: 'border-transparent text-soft hover:bg-raised hover:text-ink',
} as const

interface Props extends ComponentProps<'button'> {
  look?: keyof typeof looks
  large?: boolean
  /** Why it cannot be used. It stays where it is, and says so to whoever presses it. */
  why?: string | undefined
}

export function Button({ look = 'plain', large = false, className = '', type = 'button', why, ...rest }: Props) {
  const size = large ? 'min-h-11 px-4 text-[15px]' : 'min-h-8 px-3'
  const drawn = `inline-flex items-center justify-center gap-1.5 rounded-lg border font-medium whitespace-nowrap disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 ${size} ${looks[look]} ${className}`
  if (why !== undefined) return <Barred why={why} drawn={drawn} {...rest} />
  return <button type={type} className={drawn} {...rest} />
}

function Barred({ why, drawn, ...rest }: ComponentProps<'button'> & { why: string; drawn: string }) {
  const id = useId()
  const [told, setTold] = useState(false)
  const tell = (event: MouseEvent) => {
    event.preventDefault()
    setTold(true)
  }
  return (
    <span className="inline-grid gap-0.5">
      <button
        {...rest}
        type="button"
        className={drawn}
        disabled={false}
        aria-disabled
        aria-describedby={id}
        title={why}
        onClick={tell}
      />
      <span id={id} className={told ? 'text-left text-[12px] whitespace-normal text-soft' : 'sr-only'}>
        {why}
      </span>
    </span>
  )
}
