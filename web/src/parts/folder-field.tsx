// A folder of the settings: shown, typed or chosen. A wrong one is told at the bottom of the window, at once.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Button, Input, Label, TextField } from 'react-aria-components'
import { api, type Setting } from '../api'
import { useWords } from '../language'
import { useMessages } from '../messages'
import { Chooser } from './chooser'

export function FolderField({ setting, label }: { setting: Setting; label: string }) {
  const words = useWords()
  const { tell, complain } = useMessages()
  const queries = useQueryClient()
  const [text, setText] = useState(setting.value)
  const [refused, setRefused] = useState(false)
  const [choosing, setChoosing] = useState(false)
  const asked = useRef('')
  useEffect(() => {
    setText(setting.value)
    setRefused(false)
  }, [setting.value])
  useEffect(() => {
    if (setting.problem) complain(new Error(setting.problem))
  }, [setting.problem, complain])

  const change = async (value: string) => {
    if (value === setting.value) {
      setRefused(false)
      return
    }
    asked.current = value
    try {
      await api.changeSetting(setting.name, value)
      setRefused(false)
      tell(words.home.ok(label))
      await queries.invalidateQueries()
    } catch (error) {
      // Only what was asked last is worth a word.
      if (asked.current !== value) return
      setRefused(true)
      complain(error)
    }
  }
  return (
    <div className="row">
      <TextField
        value={text}
        onChange={setText}
        isInvalid={refused || setting.problem !== null}
        onBlur={() => void change(text)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void change(text)
        }}
      >
        <Label>{label}</Label>
        <Input spellCheck="false" />
      </TextField>
      <Button onPress={() => setChoosing(true)} aria-label={`${words.choose} ${label}`}>
        {words.choose}
      </Button>
      <Chooser
        start={setting.value}
        isOpen={choosing}
        onClose={() => setChoosing(false)}
        onChoose={([path]) => {
          if (!path) return
          setText(path)
          void change(path)
        }}
      />
    </div>
  )
}
