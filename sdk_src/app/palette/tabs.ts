/**
 * The palette's tabs, by the ARIA pattern: arrow keys move between them, Tab goes into the panel.
 */
export function mountTabs(list: Element): void {
  const tabs = [...list.querySelectorAll<HTMLButtonElement>('[role="tab"]')]
  const select = (chosen: HTMLButtonElement) => {
    for (const tab of tabs) {
      const on = tab === chosen
      tab.setAttribute('aria-selected', String(on))
      tab.tabIndex = on ? 0 : -1
      const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '')
      if (panel) panel.hidden = !on
    }
  }
  list.addEventListener('click', (event) => {
    const tab = tabs.find((each) => each.contains(event.target as Node))
    if (tab) select(tab)
  })
  list.addEventListener('keydown', (event) => {
    const at = tabs.indexOf(document.activeElement as HTMLButtonElement)
    const to = target((event as KeyboardEvent).key, at, tabs.length)
    const next = to === undefined ? undefined : tabs[to]
    if (at < 0 || !next) return
    event.preventDefault()
    select(next)
    next.focus()
  })
}

/** Which tab a key leads to; right is onward, or back where people write from right to left. */
function target(key: string, at: number, count: number): number | undefined {
  const onward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
  const back = onward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft'
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  if (key === onward) return (at + 1) % count
  if (key === back) return (at - 1 + count) % count
  return undefined
}
