// Lets a browser on another machine in, by the password.
import { useState } from 'react'
import { Button, Form, Input, Label, TextField } from 'react-aria-components'
import { api } from '../api'
import { useWords } from '../language'
import { useMessages } from '../messages'
import { Header } from '../parts/header'

export function LoginPage() {
  const words = useWords()
  const { complain } = useMessages()
  const [password, setPassword] = useState('')
  const [asking, setAsking] = useState(false)
  const logIn = async () => {
    setAsking(true)
    try {
      await api.logIn(password)
      window.location.reload()
    } catch (error) {
      complain(error)
      setAsking(false)
    }
  }
  return (
    <>
      <Header />
      <main>
        <div className="page">
          <h1>{words.login.logIn}</h1>
          <Form
            className="card row login"
            onSubmit={(event) => {
              event.preventDefault()
              void logIn()
            }}
          >
            <TextField value={password} onChange={setPassword} type="password" autoComplete="current-password" autoFocus>
              <Label>{words.login.password}</Label>
              <Input />
            </TextField>
            <Button type="submit" className="primary" isDisabled={asking || password === ''}>
              {words.login.logIn}
            </Button>
          </Form>
        </div>
      </main>
    </>
  )
}
