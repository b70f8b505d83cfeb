/** Every operator that graphs may have, under its name in TensorFlow. The build takes those that are used. */
export * from './convolution.ts'
export * from './elementwise.ts'
export * from './layout.ts'
export * from './matrices.ts'
export * from './reductions.ts'
