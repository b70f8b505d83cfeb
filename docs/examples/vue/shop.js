import 'lunula/element' // defines <lunula-try-on>
import { defineComponent, h, ref } from 'vue'

const POLISHES = [
  { name: 'Garnet', color: '#8a0f2c' },
  { name: 'Fern', color: '#14a046' },
]

/** A render function, so that no compiler of templates is needed; in a template it would be `<lunula-try-on :color="color">`. */
export const Shop = defineComponent({
  setup() {
    const color = ref(POLISHES[0].color)
    const message = ref('Loading')
    const camera = ref(false)
    return () => [
      h('lunula-try-on', {
        assets: 'lunula/',
        src: 'photo.jpg',
        color: color.value,
        camera: camera.value,
        onPainted: ({ detail }) => {
          message.value = `${detail.nails.length} nails painted`
        },
        onError: ({ detail }) => {
          message.value = detail.error.message
        },
      }),
      h('p', { role: 'status' }, message.value),
      ...POLISHES.map((polish) =>
        h(
          'button',
          {
            type: 'button',
            onClick: () => {
              color.value = polish.color
            },
          },
          polish.name,
        ),
      ),
      h('label', [
        h('input', {
          type: 'checkbox',
          onChange: (event) => {
            camera.value = event.target.checked
          },
        }),
        'Camera',
      ]),
    ]
  },
})
