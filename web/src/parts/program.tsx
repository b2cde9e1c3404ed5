// Leaving: the program stays at work when the window is closed.
import { useState } from 'react'
import { Button } from 'react-aria-components'
import { api } from '../api'
import { useEnd } from '../end'
import { isAtWork, useJobs } from '../job'
import { useWords } from '../language'
import { useMessages } from '../messages'
import { Confirm } from './modal'

export function Program() {
  const words = useWords()
  const { attempt } = useMessages()
  const { job } = useJobs()
  const end = useEnd()
  const [asking, setAsking] = useState(false)
  const quit = () =>
    attempt(async () => {
      await api.quit()
      end()
    })
  const logOut = () =>
    attempt(async () => {
      await api.logOut()
      window.location.reload()
    })
  return (
    <section className="card" aria-labelledby="program">
      <h2 id="program">{words.quit.title}</h2>
      <p>{words.quit.hint}</p>
      <p className="actions">
        <Button onPress={() => (isAtWork(job) ? setAsking(true) : void quit())}>{words.quit.quit}</Button>
        {window.location.protocol === 'https:' && <Button onPress={() => void logOut()}>{words.login.logOut}</Button>}
      </p>
      <Confirm
        title={words.quit.askTitle}
        text={words.quit.askText}
        action={words.quit.quit}
        isOpen={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => void quit()}
      />
    </section>
  )
}
