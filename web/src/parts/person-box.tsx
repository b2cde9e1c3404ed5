// A name, known or new: what is typed is compared with everybody known.
import { useState } from 'react'
import { Button, ComboBox, Form, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { api, type Person } from '../api'
import { useWords } from '../language'
import { usePeople } from '../people'

// The person of this name, added when nobody is called so.
export async function personNamed(name: string, people: Person[]): Promise<Person> {
  const wanted = name.trim().toLocaleLowerCase()
  return people.find((person) => person.name.toLocaleLowerCase() === wanted) ?? (await api.addPerson(name.trim()))
}

export function PersonBox({ onName, isDisabled = false }: { onName: (name: string) => void; isDisabled?: boolean }) {
  const words = useWords()
  const { people } = usePeople()
  const [text, setText] = useState('')
  const use = (name: string) => {
    if (!name.trim()) return
    setText('')
    onName(name)
  }
  return (
    <Form
      className="person-box"
      onSubmit={(event) => {
        event.preventDefault()
        use(text)
      }}
    >
      <ComboBox
        allowsCustomValue
        menuTrigger="focus"
        inputValue={text}
        onInputChange={setText}
        onSelectionChange={(key) => key !== null && use(people.find((person) => person.id === key)?.name ?? '')}
        selectedKey={null}
        isDisabled={isDisabled}
        defaultItems={people}
      >
        <Label>{words.photoPage.thisIs}</Label>
        <div className="field">
          <Input placeholder={words.photoPage.nameNew} />
        </div>
        <Popover className="popover">
          <ListBox<Person>>{(person) => <ListBoxItem id={person.id}>{person.name}</ListBoxItem>}</ListBox>
        </Popover>
      </ComboBox>
      <Button type="submit" className="primary" isDisabled={isDisabled || !text.trim()}>
        {words.photoPage.set}
      </Button>
    </Form>
  )
}
