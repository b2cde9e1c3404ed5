// Light, dark, or as the system says.
export type Theme = 'system' | 'light' | 'dark'

export function theme(): Theme {
  const kept = localStorage.getItem('theme')
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function applyTheme(value: Theme = theme()) {
  localStorage.setItem('theme', value)
  if (value === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = value
}
