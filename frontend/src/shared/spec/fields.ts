import type { Draft } from "./draft";
import type { ErrorAt } from "./errors";

/** What every part of the form is given. `at` takes pointers of the whole document. */
export interface FieldsProps {
  draft: Draft;
  at: ErrorAt;
  /** Where the container stands in the document: nothing when it is all of it, else such as `/container`. */
  base?: string;
  onChange: (draft: Draft) => void;
}

/** The mark of a field's place, and what is wrong there. */
export function place({ at, base = "" }: Pick<FieldsProps, "at" | "base">, pointer: string) {
  return { "data-pointer": base + pointer, error: at(base + pointer) };
}

type TextField = { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft];

/** The properties of an input for one text of the draft, with the error at its pointer. */
export function textField(props: FieldsProps, field: TextField, pointer = `/${field}`) {
  const { draft, onChange } = props;
  return {
    size: "xs" as const,
    ...place(props, pointer),
    value: draft[field],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...draft, [field]: event.currentTarget.value }),
  };
}
