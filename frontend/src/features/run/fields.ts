import type { Draft } from "./draft";
import type { ErrorAt } from "./errors";

/** What every part of the form is given. */
export interface FieldsProps {
  draft: Draft;
  at: ErrorAt;
  onChange: (draft: Draft) => void;
}

type TextField = { [K in keyof Draft]: Draft[K] extends string ? K : never }[keyof Draft];

/** The properties of an input for one text of the draft, with the error at its pointer. */
export function textField({ draft, at, onChange }: FieldsProps, field: TextField, pointer = `/${field}`) {
  return {
    size: "xs" as const,
    "data-pointer": pointer,
    value: draft[field],
    error: at(pointer),
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...draft, [field]: event.currentTarget.value }),
  };
}
