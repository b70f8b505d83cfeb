/** A value of a GraphDef's attribute, as protobuf writes it in JSON. Integers of 64 bits are text. */
export interface AttributeDef {
  b?: boolean
  f?: number
  i?: string | number
  s?: string
  type?: string
  shape?: { dim?: { size: string | number }[] }
  list?: { i?: (string | number)[]; s?: string[] }
}

const DTYPES: Record<string, 'float32' | 'int32' | 'bool'> = {
  DT_FLOAT: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int32',
  DT_BOOL: 'bool',
}

/** Attributes of one node; what is not written has the fallback's value, as in TensorFlow. */
export class Attributes {
  readonly #defs: Record<string, AttributeDef>

  constructor(defs: Record<string, AttributeDef> = {}) {
    this.#defs = defs
  }

  flag(name: string): boolean {
    return this.#defs[name]?.b ?? false
  }

  float(name: string, fallback: number): number {
    return this.#defs[name]?.f ?? fallback
  }

  int(name: string, fallback = 0): number {
    return Number(this.#defs[name]?.i ?? fallback)
  }

  ints(name: string): number[] {
    return (this.#defs[name]?.list?.i ?? []).map(Number)
  }

  text(name: string, fallback: string): string {
    return atob(this.#defs[name]?.s ?? btoa(fallback))
  }

  texts(name: string): string[] {
    return (this.#defs[name]?.list?.s ?? []).map(atob)
  }

  dtype(name: string): 'float32' | 'int32' | 'bool' {
    return DTYPES[this.#defs[name]?.type ?? 'DT_FLOAT'] ?? 'float32'
  }
}
