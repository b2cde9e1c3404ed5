// Numbers as people read them.
import type { Strings } from './strings/en'

export function bytes(count: number, language: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toLocaleString(language, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`
}

export const distance = (value: number, language: string) =>
  value.toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })

export function duration(seconds: number, words: Strings): string {
  if (seconds < 60) return words.job.seconds(Math.ceil(seconds))
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return words.job.minutes(minutes)
  return words.job.hours(Math.floor(minutes / 60), minutes % 60)
}

export const moment = (text: string, language: string) =>
  new Date(text).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })
