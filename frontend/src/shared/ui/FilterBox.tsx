import { Kbd, TextInput } from "@mantine/core";
import { type RefObject, useRef } from "react";
import { useKeys } from "../lib/keys";
import { bind } from "../lib/keymap";

interface Props {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  width?: number;
  inputRef?: RefObject<HTMLInputElement | null>;
  /** Not the one of the page: somebody nearer to it knows when `/` means it. */
  hasKeys?: boolean;
}

/** The filter of a list: `/` goes there, Escape leaves it, a second Escape empties it. */
export function FilterBox(props: Props) {
  const { label, placeholder, value, onChange, width = 420, hasKeys = true } = props;
  const own = useRef<HTMLInputElement>(null);
  const input = props.inputRef ?? own;
  useKeys(
    hasKeys
      ? {
          ...bind("filter", { filter: () => input.current?.focus() }),
          Escape: () => {
            if (value === "") return false;
            onChange("");
            return true;
          },
        }
      : {},
  );
  return (
    <TextInput
      ref={input}
      w={width}
      size="xs"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      spellCheck={false}
      rightSection={hasKeys && <Kbd size="xs">/</Kbd>}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}
