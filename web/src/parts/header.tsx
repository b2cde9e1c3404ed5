// The bar above a page that leads nowhere else.
export function Header() {
  return (
    <header className="bar">
      <span className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        Kinfolder
      </span>
    </header>
  )
}
