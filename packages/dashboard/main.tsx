import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ApiError, ConnectionError } from '@xerotier/client/api-error.ts'
import { createRoot } from 'react-dom/client'
import { askSession } from './api/session.ts'
import { startWorker } from './api/worker.ts'
import { router } from './routes/router.tsx'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // What was refused is refused again, and who has waited for half a minute is told so.
      retry: (failures, error) =>
        failures < 2 &&
        !(error instanceof ApiError && error.status < 500) &&
        !(error instanceof ConnectionError && error.code === 'timeout'),
    },
  },
})

void askSession()
// What the first view needs comes first.
addEventListener('load', () => void startWorker().catch((error: unknown) => console.warn('no service worker', error)))
const app = document.getElementById('app')
if (app !== null)
  createRoot(app).render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  )
