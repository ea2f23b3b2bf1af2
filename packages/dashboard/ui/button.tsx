import type { ComponentProps } from 'react'

const looks = {
  plain: 'border-line bg-card text-ink hover:bg-raised',
  primary: 'border-transparent bg-accent text-accent-ink hover:opacity-90',
  danger: 'border-bad bg-card text-bad hover:bg-bad-soft',
  quiet: 'border-transparent text-soft hover:bg-raised hover:text-ink',
} as const

interface Props extends ComponentProps<'button'> {
  look?: keyof typeof looks
  large?: boolean
}

export function Button({ look = 'plain', large = false, className = '', type = 'button', ...rest }: Props) {
  const size = large ? 'min-h-11 px-4 text-[15px]' : 'min-h-8 px-3'
  return (
    <button
      type={type}
      className={`inline-flex items-center justify-center gap-1.5 rounded-lg border font-medium whitespace-nowrap disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 ${size} ${looks[look]} ${className}`}
      {...rest}
    />
  )
}
