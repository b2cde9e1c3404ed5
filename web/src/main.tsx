import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import './app.css'
import { EndContext } from './end'
import { JobProvider } from './job'
import { LanguageProvider } from './language'
import { MessagesProvider } from './messages'
import { EndPage } from './pages/end'
import { applyTheme } from './theme'

applyTheme()
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 10_000 } } })

// When the program has ended nothing asks it any more.
function Window() {
  const [ended, setEnded] = useState(false)
  if (ended) return <EndPage />
  return (
    <EndContext value={() => setEnded(true)}>
      <QueryClientProvider client={queries}>
        <MessagesProvider>
          <JobProvider>
            <App />
          </JobProvider>
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
