/**
 * What a word is searched in: the texts of a row in small letters, as one text. Made when first asked for, and anew only
 * when a text of the row changed. Comes before the filter.
 */
import type { ContainerTable } from "./fleet";

const SEARCHED = ["name", "image", "host", "slot", "id"] as const;
const kept = new WeakMap<ContainerTable, Folded>();

export class Folded {
  private readonly texts: string[] = [];
  private readonly wordings: number[] = [];

  constructor(private readonly table: ContainerTable) {}

  /** All of them ahead: the first word of a filter is then found as quickly as those that follow. */
  prepare(): void {
    for (let at = 0; at < this.table.end; at += 1) this.read(at);
  }

  /** The columns are parted by what no word of a filter holds. */
  read(at: number): string {
    // Filled from the front: an array with holes is slow to read.
    for (let end = this.texts.length; end <= at; end += 1) {
      this.texts.push("");
      this.wordings.push(-1);
    }
    const wording = this.table.wordingOf(at);
    if (this.wordings[at] === wording) return this.texts[at] ?? "";
    const text = SEARCHED.map((name) => this.table.text(name)[at] ?? "")
      .join("\n")
      .toLowerCase();
    this.texts[at] = text;
    this.wordings[at] = wording;
    return text;
  }
}

export function foldedOf(table: ContainerTable): Folded {
  let folded = kept.get(table);
  if (!folded) kept.set(table, (folded = new Folded(table)));
  return folded;
}
