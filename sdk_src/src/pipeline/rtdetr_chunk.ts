/** What `rtdetr.js` holds; the worker loads it where the engine is RT-DETR. */
export { Rtdetr } from './rtdetr.ts'
export { RtdetrNetworks } from './rtdetr_networks.ts'
