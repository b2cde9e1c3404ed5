// A long list of which only the parts that are looked at are asked for.
import { keepPreviousData, useQueries } from '@tanstack/react-query'

const pageLength = 100

interface Page<Item> {
  total: number
  items: Item[]
}

// The items first..last (once they are there) and how many there are in all.
export function usePaged<Item>(
  key: unknown[],
  fetchPage: (offset: number, limit: number) => Promise<Page<Item>>,
  first: number,
  last: number,
) {
  const begin = Math.floor(Math.max(0, first) / pageLength)
  const end = Math.floor(Math.max(0, last) / pageLength)
  const numbers = [0, ...Array.from({ length: end - begin + 1 }, (_, i) => begin + i).filter((n) => n > 0)]
  const pages = useQueries({
    queries: numbers.map((number) => ({
      queryKey: [...key, number],
      queryFn: () => fetchPage(number * pageLength, pageLength),
      placeholderData: keepPreviousData,
    })),
  })
  const byNumber = new Map(numbers.map((number, i) => [number, pages[i]?.data]))
  return {
    total: byNumber.get(0)?.total,
    at: (index: number): Item | undefined =>
      byNumber.get(Math.floor(index / pageLength))?.items[index % pageLength],
  }
}
