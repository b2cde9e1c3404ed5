// The language of the window: the user's choice, else the browser's.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { I18nProvider } from 'react-aria-components'
import { de } from './strings/de'
import { en, type Strings } from './strings/en'
import { es } from './strings/es'
import { zh } from './strings/zh'

export const languages: Record<string, Strings> = { en, zh, es, de }

interface Language {
  code: string
  words: Strings
  change: (code: string) => void
}

const Context = createContext<Language>({ code: 'en', words: en, change: () => {} })

function firstLanguage(): string {
  const kept = localStorage.getItem('language')
  const wanted = [kept ?? '', ...navigator.languages].map((code) => code.slice(0, 2))
  return wanted.find((code) => code in languages) ?? 'en'
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [code, setCode] = useState(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = code
  }, [code])
  const value = useMemo(() => {
    const change = (next: string) => {
      localStorage.setItem('language', next)
      setCode(next)
    }
    return { code, words: languages[code] ?? en, change }
  }, [code])
  return (
    <I18nProvider locale={code}>
      <Context.Provider value={value}>{children}</Context.Provider>
    </I18nProvider>
  )
}

export const useLanguage = () => useContext(Context)
export const useWords = () => useContext(Context).words
