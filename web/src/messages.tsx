// What is told at the bottom of the window: one sentence, good or bad, until the next.
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { Refusal } from './api'
import { useWords } from './language'

interface Message {
  text: string
  bad: boolean
}

interface Messages {
  tell: (text: string) => void
  complain: (error: unknown) => void
  // Runs `work`; what it throws is told.
  attempt: <T>(work: () => Promise<T>) => Promise<T | undefined>
}

const Context = createContext<Messages | null>(null)

export function MessagesProvider({ children }: { children: ReactNode }) {
  const words = useWords()
  const [message, setMessage] = useState<Message>({ text: '', bad: false })
  const tell = useCallback((text: string) => setMessage({ text, bad: false }), [])
  const complain = useCallback(
    (error: unknown) => {
      const code = error instanceof Refusal ? error.code : ''
      if (code === 'log-in') window.location.reload() // the session is over
      const text = words.refusals[code] ?? (error instanceof Error ? sentence(error.message) : String(error))
      setMessage({ text, bad: true })
    },
    [words],
  )
  const value = useMemo<Messages>(
    () => ({
      tell,
      complain,
      attempt: async (work) => {
        try {
          return await work()
        } catch (error) {
          complain(error)
          return undefined
        }
      },
    }),
    [tell, complain],
  )
  return (
    <Context.Provider value={value}>
      {children}
      <footer className={message.bad ? 'status bad' : 'status'}>
        <span role="status">{message.bad ? '' : message.text}</span>
        <span role="alert">{message.bad ? message.text : ''}</span>
      </footer>
    </Context.Provider>
  )
}

function sentence(text: string) {
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`
}

export function useMessages(): Messages {
  const messages = useContext(Context)
  if (!messages) throw new Error('no MessagesProvider')
  return messages
}
