// A dialog in front of the page.
import type { ReactNode } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useWords } from '../language'

interface Props {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
  wide?: boolean
}

export function Window({ title, isOpen, onClose, children, wide = false }: Props) {
  return (
    <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className={wide ? 'modal wide' : 'modal'}>
        <Dialog>
          <Heading slot="title">{title}</Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

interface ConfirmProps extends Omit<Props, 'children' | 'wide'> {
  text: string
  action: string
  onConfirm: () => void
}

export function Confirm({ text, action, onConfirm, ...window }: ConfirmProps) {
  const words = useWords()
  return (
    <Window {...window}>
      <p>{text}</p>
      <p className="actions end">
        <Button onPress={window.onClose}>{words.cancel}</Button>
        <Button
          className="danger"
          onPress={() => {
            window.onClose()
            onConfirm()
          }}
        >
          {action}
        </Button>
      </p>
    </Window>
  )
}
