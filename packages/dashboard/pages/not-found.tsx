import { Link } from '@tanstack/react-router'
import { Heading } from '../components/heading.tsx'
import { Notice } from '../ui/state.tsx'
import { words } from '../words/en.ts'

export function NotFound() {
  const { title, hint, home } = words.notFound
  return (
    <>
      <Heading title={title} />
      <Notice title={title}>
        <p>{hint}</p>
        <Link to="/">{home}</Link>
      </Notice>
    </>
  )
}
