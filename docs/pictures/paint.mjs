// Paints photos of people who do not exist, as SVG: for the pictures of the documentation, and to try Kinfolder with.
const between = (random, from, to) => from + (to - from) * random()

// The same numbers each time (mulberry32).
export function randomOf(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const people = [
  { name: 'Ada', skin: '#e8b596', shade: '#b87456', hair: '#4a2a18', style: 'long', eyes: '#4d6b3c', lips: '#b5524f', shirt: '#2f6f8f', wide: 0.95, age: 0 },
  { name: 'Bruno', skin: '#d79a72', shade: '#9c603d', hair: '#1d1714', style: 'short', eyes: '#3a2416', lips: '#a65a4c', shirt: '#7b3f3f', wide: 1.08, beard: true, age: 0 },
  { name: 'Chen', skin: '#efc7a0', shade: '#bf8a61', hair: '#0f0d0e', style: 'fringe', eyes: '#241610', lips: '#b8605a', shirt: '#c8a13a', wide: 1.02, age: 0 },
  { name: 'Dele', skin: '#8a5636', shade: '#5a321c', hair: '#120d0b', style: 'curls', eyes: '#20120b', lips: '#7d3b35', shirt: '#3f7f54', wide: 1.0, age: 0 },
  { name: 'Elena', skin: '#f3cdb6', shade: '#c98f78', hair: '#b5651d', style: 'bun', eyes: '#3f6d93', lips: '#c0504f', shirt: '#6a4c93', wide: 0.92, age: 0 },
  { name: 'Farid', skin: '#c68a5f', shade: '#8b5632', hair: '#8d8a86', style: 'short', eyes: '#33241a', lips: '#985145', shirt: '#46546b', wide: 1.05, glasses: true, age: 1 },
]

function hairBehind({ hair, style }) {
  if (style === 'long') return `<path d="M-62-40C-70-105 70-105 62-40L70 95C40 110-40 110-70 95Z" fill="${hair}"/>`
  if (style === 'curls') return Array.from({ length: 22 }, (_, i) => `<circle cx="${68 * Math.cos((i / 21) * Math.PI)}" cy="${-28 - 58 * Math.sin((i / 21) * Math.PI)}" r="22" fill="${hair}"/>`).join('')
  if (style === 'bun') return `<circle cx="0" cy="-98" r="26" fill="${hair}"/><path d="M-60-30C-66-100 66-100 60-30Z" fill="${hair}"/>`
  return `<path d="M-60-20C-68-100 68-100 60-20Z" fill="${hair}"/>`
}

function hairBefore({ hair, style }) {
  if (style === 'fringe') return `<path d="M-57-14C-60-92 60-92 57-14C50-40 45-46 40-48C10-36-20-38-44-46C-50-40-54-30-57-14Z" fill="${hair}"/>`
  if (style === 'long') return `<path d="M-57 0C-66-92 66-92 57 0C52-34 30-60 4-68C-26-60-50-36-57 0Z" fill="${hair}"/>`
  return `<path d="M-56-18C-60-86 60-86 56-18C50-46 34-62 0-62C-34-62-50-46-56-18Z" fill="${hair}"/>`
}

// A head of about 110 by 150 around the origin, looking at us, a little to one side.
function head(person, look, smile) {
  const { skin, shade, eyes, lips, hair, wide } = person
  const eye = (x) => `
    <g transform="translate(${x + look * 3},-12)">
      <ellipse rx="17" ry="11" fill="${shade}" opacity=".35"/>
      <path d="M-14 0C-8-9 8-9 14 0C8 7-8 7-14 0Z" fill="#f6f1ec"/>
      <circle cx="${look * 3}" r="6.4" fill="${eyes}"/><circle cx="${look * 3}" r="3.1" fill="#0b0706"/><circle cx="${look * 3 + 2}" cy="-2.2" r="1.5" fill="#fff"/>
      <path d="M-15 0C-8-10 8-10 15 0" fill="none" stroke="#2b1712" stroke-width="2.6"/>
      <path d="M-17-15C-8-22 8-22 17-15" fill="none" stroke="${hair}" stroke-width="5" stroke-linecap="round" opacity=".9"/>
    </g>`
  return `
    ${hairBehind(person)}
    <path d="M-24 50L-26 96C-10 112 10 112 26 96L24 50Z" fill="${shade}"/>
    <g transform="scale(${wide},1)">
      <ellipse cx="-56" cy="0" rx="9" ry="17" fill="${shade}"/><ellipse cx="56" cy="0" rx="9" ry="17" fill="${shade}"/>
      <path d="M-55-20C-58-82 58-82 55-20C56 26 40 78 0 80C-40 78-56 26-55-20Z" fill="url(#skin-${person.name})"/>
      <ellipse cx="-32" cy="26" rx="15" ry="11" fill="${lips}" opacity=".18"/><ellipse cx="32" cy="26" rx="15" ry="11" fill="${lips}" opacity=".18"/>
      ${person.beard ? `<path d="M-50 14C-46 74-18 86 0 86C18 86 46 74 50 14C40 44 22 34 0 34C-22 34-40 44-50 14Z" fill="${hair}" opacity=".82"/>` : ''}
      ${eye(-24)}${eye(24)}
      <path d="M${-5 + look * 4}-6C${-8 + look * 5} 14-14 22-9 27C-4 31 4 31 9 27C14 22 ${8 + look * 5} 14 ${5 + look * 4}-6" fill="${shade}" opacity=".38"/>
      <ellipse cx="${look * 4}" cy="21" rx="6" ry="5" fill="#fff" opacity=".22"/>
      <path d="M-6 28C-3 31 3 31 6 28" stroke="${shade}" stroke-width="2.4" fill="none"/>
      <path d="M-21 47C-10 ${41 - smile} -4 44 0 45C4 44 10 ${41 - smile} 21 47C12 ${56 + 9 * smile} -12 ${56 + 9 * smile} -21 47Z" fill="${lips}"/>
      ${smile > 0.5 ? `<path d="M-15 48C-6 50 6 50 15 48C8 54-8 54-15 48Z" fill="#f8f4ee"/>` : `<path d="M-19 47C-8 50 8 50 19 47" stroke="#5c211d" stroke-width="2" fill="none"/>`}
      ${person.age ? `<path d="M-30-40C-10-45 10-45 30-40M-34 28C-30 40-28 44-27 52M34 28C30 40 28 44 27 52" stroke="${shade}" stroke-width="2" fill="none" opacity=".7"/>` : ''}
      ${person.glasses ? '<g fill="none" stroke="#222" stroke-width="3.4"><rect x="-43" y="-26" width="36" height="28" rx="9"/><rect x="7" y="-26" width="36" height="28" rx="9"/><path d="M-7-14h14M-43-14h-11M43-14h11"/></g>' : ''}
    </g>
    ${hairBefore(person)}`
}

const scenes = [
  ['#8ec5e8', '#dff0f7', '#6f9a4d'],
  ['#f0b37e', '#f7dfb6', '#94653f'],
  ['#b7c4cf', '#e6e8ea', '#6d7478'],
  ['#5c7fa3', '#bcd3e2', '#e2cf9f'],
]

// A photo of these people side by side; SVG of `width` x `height` pixels.
export function paintPhoto(who, seed, width = 1200, height = 800) {
  const random = randomOf(seed)
  const [sky, horizon, ground] = scenes[seed % scenes.length]
  const scale = Math.min(height / 430, width / who.length / 190)
  const bodies = who.map((person, i) => {
    const x = (width * (i + 0.5)) / who.length + between(random, -14, 14)
    const y = height * 0.44 + between(random, -34, 34)
    const tilt = between(random, -7, 7)
    const size = scale * between(random, 0.92, 1.06)
    return `<g transform="translate(${x},${y}) scale(${size}) rotate(${tilt})">
      <path d="M-104 330C-112 150-80 100-26 90C-10 104 10 104 26 90C80 100 112 150 104 330Z" fill="${person.shirt}"/>
      ${head(person, between(random, -1, 1), random())}</g>`
  })
  const skins = who.map(({ name, skin, shade }) => `<radialGradient id="skin-${name}" cx=".42" cy=".4" r=".72"><stop offset="0" stop-color="#fff" stop-opacity=".0"/><stop offset="0" stop-color="${skin}"/><stop offset=".62" stop-color="${skin}"/><stop offset="1" stop-color="${shade}"/></radialGradient>`)
  const hills = Array.from({ length: 5 }, () => `<ellipse cx="${between(random, 0, width)}" cy="${height * between(random, 0.72, 0.86)}" rx="${between(random, 240, 520)}" ry="${between(random, 60, 150)}" fill="${ground}" opacity=".55"/>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${sky}"/><stop offset=".7" stop-color="${horizon}"/></linearGradient>${skins.join('')}
    <filter id="soft"><feGaussianBlur stdDeviation="1.1"/></filter>
    <filter id="grain"><feTurbulence baseFrequency=".8" numOctaves="2" seed="${seed}"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .5 0 0 0 0 .5 .5 0 0 0 -.12"/></filter></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/><rect y="${height * 0.78}" width="100%" height="30%" fill="${ground}"/>${hills.join('')}
    <g filter="url(#soft)">${bodies.join('')}</g>
    <rect width="100%" height="100%" filter="url(#grain)" opacity=".28"/>
  </svg>`
}
