import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Refusal } from './api'
import { App } from './app'
import './app.css'
import { EndContext } from './end'
import { JobProvider } from './job'
import { LanguageProvider } from './language'
import { MessagesProvider, useMessages } from './messages'
import { EndPage } from './pages/end'
import { applyTheme } from './theme'

applyTheme()
const answers = new QueryCache()
const queries = new QueryClient({
  queryCache: answers,
  defaultOptions: { queries: { retry: false, staleTime: 10_000 } },
})

// What can't be asked is told, whichever page asks it.
function Told({ children }: { children: ReactNode }) {
  const { complain } = useMessages()
  useEffect(() => {
    // Who is not let in, or not any more, gets the page to log in instead: the state tells.
    answers.config.onError = (error) => {
      const isLocked = error instanceof Refusal && error.code === 'log-in'
      if (!isLocked) complain(error)
      else if (queries.getQueryState(['state'])?.status === 'success') void queries.invalidateQueries({ queryKey: ['state'] })
    }
  }, [complain])
  return children
}

// When the program has ended nothing asks it any more.
function Window() {
  const [ended, setEnded] = useState(false)
  if (ended) return <EndPage />
  return (
    <EndContext value={() => setEnded(true)}>
      <QueryClientProvider client={queries}>
        <MessagesProvider>
          <Told>
            <JobProvider>
              <App />
            </JobProvider>
          </Told>
        </MessagesProvider>
      </QueryClientProvider>
    </EndContext>
  )
}

const root = document.getElementById('app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <Window />
      </LanguageProvider>
    </StrictMode>,
  )
}
