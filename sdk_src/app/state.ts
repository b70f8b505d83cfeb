/**
 * What the app is doing, in one word on <html data-state>: styles follow it, tests and automation wait for it.
 *
 * - `loading`: the models are on their way
 * - `ready`: nothing shown yet, everything can be chosen
 * - `busy`: looking for nails in a picture
 * - `painted`: a painted picture is on the stage
 * - `camera`: live
 * - `error`: the last wish failed, the error says why; every button still works
 */
export type AppState = 'loading' | 'ready' | 'busy' | 'painted' | 'camera' | 'error'

/** What fills the stage, on <html data-view>. */
export type AppView = 'welcome' | 'photo' | 'camera'

const root = document.documentElement

export function setState(state: AppState): void {
  root.dataset.state = state
}

export function setView(view: AppView): void {
  root.dataset.view = view
}

export function currentView(): AppView {
  return (root.dataset.view ?? 'welcome') as AppView
}

export function currentState(): AppState {
  return (root.dataset.state ?? 'loading') as AppState
}

/** Whether the camera's picture stands still, on <html data-frozen>. */
export function isFrozen(): boolean {
  return root.hasAttribute('data-frozen')
}

export function setFrozen(frozen: boolean): void {
  root.toggleAttribute('data-frozen', frozen)
}
