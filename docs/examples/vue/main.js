import { createApp } from 'vue'
import { Shop } from './shop.js'

createApp(Shop).mount('#shop')
