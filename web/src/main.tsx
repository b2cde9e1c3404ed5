import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import './app.css'
import { JobProvider } from './job'
import { LanguageProvider } from './language'
import { MessagesProvider } from './messages'
import { applyTheme } from './theme'

applyTheme()
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 10_000 } } })
const root = document.getElementById('app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <QueryClientProvider client={queries}>
          <MessagesProvider>
            <JobProvider>
              <App />
            </JobProvider>
          </MessagesProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  )
}
