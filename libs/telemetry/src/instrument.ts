/** How a metric appears to Prometheus, and the most it may cost there. */
export interface Definition {
  /** In the base unit, which the name ends in: `_seconds`, `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export type InstrumentKind = 'counter' | 'histogram' | 'summary';

export interface InstrumentDefinition extends Definition {
  readonly kind: InstrumentKind;
  /** The upper limits of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

/** Receives a value with its labels, in the order of the definition. */
export type Record = (value: number, ...labels: readonly string[]) => void;

const nothing: Record = () => undefined;

/** Counts events or their sizes. It does nothing until metrics are opened. */
export class Instrument {
  record: Record = nothing;

  constructor(readonly definition: InstrumentDefinition) {}

  get isOn(): boolean {
    return this.record !== nothing;
  }

  silence(): void {
    this.record = nothing;
  }
}

/** Reads values when Prometheus asks for them. */
export type Source = (set: Record) => void | Promise<void>;

/** Values that are read when Prometheus asks, from whatever is open then. */
export class Gauge {
  readonly sources = new Set<Source>();

  constructor(readonly definition: Definition) {}

  /** @returns what ends the reading */
  watch(source: Source): { close(): void } {
    this.sources.add(source);
    return { close: () => void this.sources.delete(source) };
  }
}
