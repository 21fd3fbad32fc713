import { Kbd, TextInput } from "@mantine/core";
import { useRef } from "react";
import { useKeys } from "../lib/keys";

interface Props {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
}

/** The filter of a list: `/` goes there, Escape leaves it, a second Escape empties it. */
export function FilterBox({ label, placeholder, value, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useKeys({
    "/": () => input.current?.focus(),
    Escape: () => onChange(""),
  });
  return (
    <TextInput
      ref={input}
      w={420}
      size="xs"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      spellCheck={false}
      rightSection={<Kbd size="xs">/</Kbd>}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}
