// Tells the window that the program has ended.
import { createContext, useContext } from 'react'

export const EndContext = createContext<() => void>(() => {})
export const useEnd = () => useContext(EndContext)
