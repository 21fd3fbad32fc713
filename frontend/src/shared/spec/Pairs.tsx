import { TextInput } from "@mantine/core";
import type { PairDraft } from "./draft";
import { type FieldsProps, place } from "./fields";
import { Rows } from "./Rows";

interface Props {
  legend: string;
  add: string;
  rows: readonly PairDraft[];
  words: PairDraft;
  /** Where the fields of a row stand in the spec; null: what is wrong there is told elsewhere. */
  pointers: (pair: PairDraft, index: number) => readonly [string, string | null];
  of: Pick<FieldsProps, "at" | "base">;
  onChange: (rows: PairDraft[]) => void;
}

/** Rows of a name and a value. */
export function Pairs({ legend, add, rows, words, pointers, of, onChange }: Props) {
  return (
    <Rows
      legend={legend}
      add={add}
      rows={rows}
      blank={{ name: "", value: "" }}
      onChange={onChange}
      row={(pair, index, set) => {
        const [namePointer, valuePointer] = pointers(pair, index);
        return (
          <>
            <TextInput
              size="xs"
              aria-label={words.name}
              placeholder={words.name}
              value={pair.name}
              {...place(of, namePointer)}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              aria-label={words.value}
              placeholder={words.value}
              value={pair.value}
              {...(valuePointer === null ? {} : place(of, valuePointer))}
              onChange={(event) => set({ value: event.currentTarget.value })}
            />
          </>
        );
      }}
    />
  );
}
