// Runs before every page's own scripts, in every engine: keeps what went wrong unnoticed.
globalThis.uncaught = []
addEventListener('error', ({ message, filename }) => {
  if (message) uncaught.push(`${message} (${filename})`) // without: a picture or script that did not load
})
addEventListener('unhandledrejection', ({ reason }) => uncaught.push(`unhandled rejection: ${reason?.stack ?? reason}`))
for (const level of ['error', 'warn']) {
  const log = console[level]
  console[level] = (...words) => {
    uncaught.push(`console.${level}: ${words.join(' ')}`)
    log.apply(console, words)
  }
}
