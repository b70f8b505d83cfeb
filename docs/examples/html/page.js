const tryOn = document.querySelector('lunula-try-on')
const camera = document.getElementById('camera')

for (const button of document.querySelectorAll('[data-color]')) {
  button.addEventListener('click', () => {
    tryOn.color = button.dataset.color
  })
}
document.querySelector('input').addEventListener('change', (event) => tryOn.show(event.target.files[0] ?? null))
camera.addEventListener('click', () => {
  tryOn.camera = !tryOn.camera
  camera.setAttribute('aria-pressed', String(tryOn.camera))
})
