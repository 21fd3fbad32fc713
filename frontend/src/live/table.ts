/**
 * One kind of object as columns: an array per field, changed in place, no object per row. Frames come in by the
 * server's row ids; readers hold positions, which stay with an object for as long as it lives, also across a new
 * epoch of the server. A row that went away stays readable until sweep(), so that it can be shown struck through.
 */
import type { Cell, Columns } from "./frames";

export type ColumnType = "num" | "text";
export type Schema = Readonly<Record<string, ColumnType>>;
type NamesOf<S extends Schema, T extends ColumnType> = {
  [K in keyof S]: S[K] extends T ? K : never;
}[keyof S] &
  string;

const FIRST_CAPACITY = 256;

export class Table<S extends Schema> {
  /** Positions in use lie below this; some of them may be dead or free: ask isAlive. */
  end = 0;
  /** Rows that are there. */
  count = 0;
  /** Raised when rows come or go or a text changes: what an order or a filter may depend on. */
  shape = 0;
  private capacity = FIRST_CAPACITY;
  private readonly numbers = new Map<string, Float64Array>();
  private readonly texts = new Map<string, string[]>();
  private state = new Uint8Array(FIRST_CAPACITY); // 0 free, 1 alive, 2 dead
  private owner = new Float64Array(FIRST_CAPACITY);
  private marks = new Uint32Array(FIRST_CAPACITY);
  private versions = new Uint32Array(FIRST_CAPACITY);
  private wordings = new Uint32Array(FIRST_CAPACITY);
  private mark = 0;
  private readonly byKey = new Map<string, number>();
  private byRow = new Map<number, number>();
  private free: number[] = [];

  constructor(
    private readonly schema: S,
    private readonly key: NamesOf<S, "text">,
  ) {
    for (const [name, type] of Object.entries(schema)) {
      if (type === "num") this.numbers.set(name, new Float64Array(FIRST_CAPACITY).fill(NaN));
      else this.texts.set(name, []);
    }
  }

  /** The column's array. Do not keep it over a tick: it is replaced when the table grows. NaN means "not known". */
  num(name: NamesOf<S, "num">): Float64Array {
    const column = this.numbers.get(name);
    if (!column) throw new Error(`no number column ${name}`);
    return column;
  }

  text(name: NamesOf<S, "text">): readonly string[] {
    const column = this.texts.get(name);
    if (!column) throw new Error(`no text column ${name}`);
    return column;
  }

  isAlive(position: number): boolean {
    return this.state[position] === 1;
  }

  /** Rises with every change of this row: what is drawn of it may be kept until then. */
  versionOf(position: number): number {
    return this.versions[position] ?? 0;
  }

  /** Rises with every change of a text of this row: what is made of its texts may be kept until then. */
  wordingOf(position: number): number {
    return this.wordings[position] ?? 0;
  }

  typeOf(name: string): ColumnType | undefined {
    return this.schema[name];
  }

  /** Alive, or gone but still readable. */
  isReadable(position: number): boolean {
    return (this.state[position] ?? 0) > 0;
  }

  find(key: string): number | undefined {
    const position = this.byKey.get(key);
    return position !== undefined && this.isAlive(position) ? position : undefined;
  }

  positionOfRow(row: number): number | undefined {
    return this.byRow.get(row);
  }

  beginSnapshot(newEpoch: boolean): void {
    this.mark += 1;
    if (newEpoch) this.byRow = new Map();
  }

  /** Rows that the snapshot did not hold are gone. */
  endSnapshot(): void {
    for (let position = 0; position < this.end; position += 1) {
      if (this.state[position] === 1 && this.marks[position] !== this.mark) this.kill(position);
    }
    for (const [row, position] of this.byRow) {
      if (this.owner[position] !== row) this.byRow.delete(row);
    }
  }

  put(rows: readonly number[], columns: Columns): void {
    const keys = columns[this.key];
    const positions = rows.map((row, i) => this.claim(row, String(keys?.[i] ?? row)));
    for (const position of positions) {
      this.marks[position] = this.mark;
      this.touch(position);
      this.reword(position);
    }
    for (const [name, column] of this.numbers) {
      const values = columns[name];
      positions.forEach((position, i) => (column[position] = numberOf(values?.[i])));
    }
    for (const [name, column] of this.texts) {
      const values = columns[name];
      positions.forEach((position, i) => (column[position] = textOf(values?.[i])));
    }
    this.shape += 1;
  }

  /** Rows that are not here (yet) are left out: their snapshot comes. Answers whether a text changed. */
  change(rows: readonly number[], columns: Columns): boolean {
    let isReshaped = false;
    for (const [name, values] of Object.entries(columns)) {
      if (!(name in this.schema) || name === this.key) continue;
      for (const [i, row] of rows.entries()) {
        const position = this.byRow.get(row);
        if (position === undefined || this.owner[position] !== row) continue;
        if (this.write(name, position, values[i])) isReshaped = true;
      }
    }
    if (isReshaped) this.shape += 1;
    return isReshaped;
  }

  remove(rows: readonly number[]): void {
    for (const row of rows) {
      const position = this.byRow.get(row);
      this.byRow.delete(row);
      // Another row may have taken the object over: a new attempt in the same slot.
      if (position !== undefined && this.owner[position] === row) this.kill(position);
    }
    this.shape += 1;
  }

  /** Gives the positions of dead rows back. Called by the reader once it no longer shows them. */
  sweep(): void {
    for (let position = 0; position < this.end; position += 1) {
      if (this.state[position] !== 2) continue;
      this.state[position] = 0;
      const key = this.texts.get(this.key)?.[position];
      if (key !== undefined && this.byKey.get(key) === position) this.byKey.delete(key);
      this.free.push(position);
    }
  }

  private kill(position: number): void {
    if (this.state[position] !== 1) return;
    this.state[position] = 2;
    this.count -= 1;
    this.shape += 1;
    this.touch(position);
  }

  private claim(row: number, key: string): number {
    const position = this.byKey.get(key) ?? this.free.pop() ?? this.grow();
    if (this.state[position] !== 1) this.count += 1;
    this.state[position] = 1;
    this.owner[position] = row;
    this.byKey.set(key, position);
    this.byRow.set(row, position);
    return position;
  }

  private grow(): number {
    const position = this.end;
    this.end += 1;
    if (this.end > this.capacity) {
      this.capacity *= 2;
      for (const [name, column] of this.numbers) this.numbers.set(name, wider(column, this.capacity));
      const state = new Uint8Array(this.capacity);
      state.set(this.state);
      this.state = state;
      this.owner = wider(this.owner, this.capacity);
      this.marks = widerCount(this.marks, this.capacity);
      this.versions = widerCount(this.versions, this.capacity);
      this.wordings = widerCount(this.wordings, this.capacity);
    }
    return position;
  }

  /** Answers whether a text changed. */
  private write(name: string, position: number, value: Cell | undefined): boolean {
    const numbers = this.numbers.get(name);
    if (numbers) {
      const number = numberOf(value);
      if (!Object.is(numbers[position], number)) this.touch(position);
      numbers[position] = number;
      return false;
    }
    const texts = this.texts.get(name);
    const text = textOf(value);
    if (!texts || texts[position] === text) return false;
    texts[position] = text;
    this.touch(position);
    this.reword(position);
    return true;
  }

  private touch(position: number): void {
    this.versions[position] = (this.versions[position] ?? 0) + 1;
  }

  private reword(position: number): void {
    this.wordings[position] = (this.wordings[position] ?? 0) + 1;
  }
}

function numberOf(value: Cell | undefined): number {
  return typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : NaN;
}

function textOf(value: Cell | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

function wider(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(capacity).fill(NaN);
  next.set(column);
  return next;
}

function widerCount(column: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(capacity);
  next.set(column);
  return next;
}
