// Settings; the threshold shows what it would do to the user's own photos before it is kept.
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Button, Input, Label, Slider, SliderThumb, SliderTrack, TextField } from 'react-aria-components'
import { api, type Face, type Setting } from '../api'
import { distance } from '../format'
import { useJobs } from '../job'
import { languages, useLanguage } from '../language'
import { useMessages } from '../messages'
import { Choice } from '../parts/choice'
import { FacePicture } from '../parts/face-picture'
import { FolderField } from '../parts/folder-field'
import { Program } from '../parts/program'
import { applyTheme, theme, type Theme } from '../theme'
import { usePeople } from '../people'
import { useLibraryState, useSettings } from '../settings'

export function SettingsPage() {
  const { words, code, change } = useLanguage()
  const [colours, setColours] = useState(theme)
  const settings = useSettings()
  return (
    <div className="page">
      <h1>{words.settingsPage.title}</h1>
      <section className="card row">
        <Choice
          label={words.settingsPage.language}
          value={code}
          options={Object.entries(languages).map(([key, strings]) => [key, strings.language])}
          onChange={change}
        />
        <Choice
          label={words.settingsPage.theme}
          value={colours}
          options={Object.entries(words.settingsPage.themes)}
          onChange={(value) => {
            applyTheme(value as Theme)
            setColours(value as Theme)
          }}
        />
      </section>
      <Threshold />
      <section className="card" aria-labelledby="other">
        <h2 id="other">{words.settingsPage.other}</h2>
        {settings?.map((setting) => (
          <SettingRow key={setting.name} setting={setting} />
        ))}
      </section>
      <Program />
    </div>
  )
}

function SettingRow({ setting }: { setting: Setting }) {
  const { words } = useLanguage()
  const { attempt, tell } = useMessages()
  const queries = useQueryClient()
  const [text, setText] = useState(setting.value)
  useEffect(() => setText(setting.value), [setting.value])
  if (setting.is_folder) return <FolderField setting={setting} label={`${setting.name}: ${setting.help}`} />
  const fixed = setting.source === 'flag' || setting.source === 'variable'
  const save = async () => {
    if (text === setting.value) return
    await attempt(async () => {
      await api.changeSetting(setting.name, text)
      tell(words.settingsPage.saved(setting.name))
    })
    await queries.invalidateQueries()
  }
  return (
    <div className="row">
      <TextField
        value={text}
        onChange={setText}
        isDisabled={fixed}
        onBlur={() => void save()}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void save()
        }}
      >
        <Label>
          {setting.name}: {setting.help}
        </Label>
        <Input />
      </TextField>
      <span className="quiet">{words.settingsPage.source[setting.source]}</span>
    </div>
  )
}

function Threshold() {
  const { words, code } = useLanguage()
  const { attempt, tell } = useMessages()
  const { start, busy } = useJobs()
  const queries = useQueryClient()
  const state = useLibraryState()
  const [value, setValue] = useState<number>()
  const now = state.data?.threshold ?? null
  const shown = value ?? now
  const effect = useQuery({
    queryKey: ['threshold', shown],
    queryFn: () => api.tryThreshold(shown ?? 0),
    enabled: shown !== null,
    placeholderData: keepPreviousData,
  })
  if (now === null || shown === null) return null
  const save = async (text: string) => {
    const saved = await attempt(() => api.changeSetting('threshold', text))
    if (!saved) return
    setValue(undefined)
    tell(words.settingsPage.saved(words.settingsPage.threshold))
    await queries.invalidateQueries()
    if (!busy) await start({ kind: 'recognize' })
  }
  return (
    <section className="card" aria-labelledby="threshold">
      <h2 id="threshold">{words.settingsPage.threshold}</h2>
      <p className="quiet">{words.settingsPage.thresholdHint}</p>
      <Slider
        minValue={0.3}
        maxValue={1.4}
        step={0.01}
        value={shown}
        onChange={setValue}
        aria-labelledby="threshold"
        formatOptions={{ minimumFractionDigits: 2 }}
      >
        <SliderTrack className="slider">
          <SliderThumb className="thumb" />
        </SliderTrack>
        <p className="spread quiet">
          <span>{words.settingsPage.strict}</span>
          <strong>{distance(shown, code)}</strong>
          <span>{words.settingsPage.loose}</span>
        </p>
      </Slider>
      {effect.data && (
        <>
          <p>{words.settingsPage.effect(effect.data.named, effect.data.unknown)}</p>
          {effect.data.gained + effect.data.lost === 0 && <p className="quiet">{words.settingsPage.noChange}</p>}
          <Changed title={words.settingsPage.gained} count={effect.data.gained} faces={effect.data.gained_faces} />
          <Changed title={words.settingsPage.lost} count={effect.data.lost} faces={effect.data.lost_faces} />
        </>
      )}
      <p className="actions">
        <Button className="primary" isDisabled={shown === now || busy} onPress={() => void save(shown.toFixed(2))}>
          {words.save}
        </Button>
        <Button isDisabled={busy} onPress={() => void save('')}>
          {words.settingsPage.useModel}
        </Button>
      </p>
    </section>
  )
}

function Changed({ title, count, faces }: { title: (n: number) => string; count: number; faces: Face[] }) {
  const { code } = useLanguage()
  const { nameOf } = usePeople()
  if (count === 0) return null
  return (
    <>
      <p>{title(count)}</p>
      <ul className="cards small">
        {faces.map((face) => (
          <li key={face.id} className="person">
            <FacePicture photo={face.photo} face={face.id} />
            <span className="quiet">
              {face.nearest && `${nameOf(face.nearest.person)} ${distance(face.nearest.distance, code)}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
