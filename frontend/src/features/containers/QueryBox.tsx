import type { TFunction } from "i18next";
import { Kbd, TextInput } from "@mantine/core";
import { type KeyboardEvent, memo, type RefObject, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fleet } from "@/live/fleet";
import { showCount } from "@/shared/lib/format";
import { bind } from "@/shared/lib/keymap";
import { useKeys } from "@/shared/lib/keys";
import { TYPING_MS, useBehind } from "@/shared/lib/useBehind";
import { useStable } from "@/shared/lib/useStable";
import { complete, type Completion } from "./completions";
import styles from "./List.module.css";

interface Props {
  fleet: Fleet;
  value: string;
  onChange: (value: string) => void;
  /** Somebody leaves the box, also by Enter and Escape. */
  onDone: () => void;
}

const LIST_ID = "query-suggestions";

/** The filter of the list, with suggestions: the arrows choose, Enter or Tab takes, Escape closes and then leaves. */
export function QueryBox({ onChange, onDone, ...props }: Props) {
  return <DrawnBox {...props} onChange={useStable(onChange)} onDone={useStable(onDone)} />;
}

/** Another sort of the list is nothing to it. */
const DrawnBox = memo(function DrawnBox({ fleet, value, onChange, onDone }: Props) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const box = useSuggestions({ fleet, value, onChange, input });
  useKeys(
    bind("filter", {
      filter: () => {
        input.current?.focus();
        box.open();
      },
    }),
  );
  const isOpen = box.offers.length > 0;
  return (
    <div className={styles.query}>
      <TextInput
        ref={input}
        size="xs"
        role="combobox"
        aria-label={t("containers.filter")}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? LIST_ID : undefined}
        aria-activedescendant={box.active >= 0 ? `${LIST_ID}-${box.active}` : undefined}
        placeholder={t("containers.filterHint")}
        value={value}
        spellCheck={false}
        autoComplete="off"
        rightSection={<Kbd size="xs">/</Kbd>}
        onChange={(event) => {
          onChange(event.currentTarget.value);
          box.typed(event.currentTarget.value, event.currentTarget.selectionStart);
        }}
        onBlur={() => {
          box.close();
          onDone();
        }}
        onKeyDown={box.onKeyDown}
      />
      {isOpen && <Offers offers={box.offers} active={box.active} onTake={box.take} />}
    </div>
  );
});

interface OffersProps {
  offers: readonly Completion[];
  active: number;
  onTake: (offer: Completion) => void;
}

function Offers({ offers, active, onTake }: OffersProps) {
  const { t, i18n } = useTranslation();
  return (
    <div id={LIST_ID} className={styles.offers} role="listbox" aria-label={t("query.suggestions")}>
      {offers.map((offer, index) => (
        <div
          key={offer.label}
          id={`${LIST_ID}-${index}`}
          role="option"
          aria-selected={index === active}
          className={styles.offer}
          // The focus stays in the box.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onTake(offer)}
        >
          <span className="mono truncate">{offer.label}</span>
          <span className={styles.hint}>
            {offer.count === null ? hintOf(offer.label, t) : showCount(offer.count, i18n.language)}
          </span>
        </div>
      ))}
    </div>
  );
}

/** What a key means, beside it while it is offered. */
function hintOf(label: string, t: TFunction): string {
  const key = label.replace(/^-/, "").replace(/[:<>].*$/, "");
  const hint = HINTED.find((one) => one === key);
  return hint === undefined ? "" : t(`query.hint.${hint}`);
}

const HINTED = [
  "state",
  "health",
  "host",
  "zone",
  "image",
  "name",
  "port",
  "reason",
  "cpu",
  "mem",
  "attempt",
] as const;

interface Needs extends Omit<Props, "onDone"> {
  input: RefObject<HTMLInputElement | null>;
}

function useSuggestions({ fleet, value, onChange, input }: Needs) {
  const [cursor, setCursor] = useState<number | null>(null);
  const [active, setActive] = useState(-1);
  const wanted = useRef<number | null>(null);
  // Counted when asked and not with every tick: what is offered must not move under the one who chooses.
  const now = useMemo(() => ({ value, cursor }), [value, cursor]);
  // The rows go first.
  const asked = useBehind(now, { pause_ms: TYPING_MS });
  const made = useMemo(() => offersOf(fleet, asked), [fleet, asked]);
  const offers = cursor === null ? NONE : made;
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    input.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  }, [input, value]);
  const close = (): void => {
    setCursor(null);
    setActive(-1);
  };
  const open = (): void => setCursor(input.current?.selectionStart ?? value.length);
  const take = (offer: Completion): void => {
    wanted.current = offer.cursor;
    onChange(offer.text);
    setActive(-1);
    // After a key come its values; after a value somebody is done, or goes on typing.
    setCursor(/[:<>]$/.test(offer.label) ? offer.cursor : null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Whoever is quicker than the drawing chooses from what belongs to the text by now.
    const chosen = (asked === now ? offers : offersOf(fleet, now))[active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (offers.length === 0) open();
      else setActive(rotate(active, event.key === "ArrowDown" ? 1 : -1, offers.length));
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen) take(chosen);
    else if (event.key === "Escape" && offers.length > 0) close();
    else if (event.key === "Enter" || event.key === "Escape") input.current?.blur();
    else return;
    event.preventDefault();
  };
  return {
    offers,
    active,
    close,
    open,
    take,
    onKeyDown,
    typed: (text: string, at: number | null) => {
      setActive(-1);
      setCursor(text === "" ? null : at);
    },
  };
}

const NONE: readonly Completion[] = [];

function offersOf(fleet: Fleet, asked: { value: string; cursor: number | null }): readonly Completion[] {
  return asked.cursor === null ? NONE : complete(fleet, asked.value, asked.cursor);
}

/** Through all of them and the box itself, which is -1. */
function rotate(active: number, step: number, count: number): number {
  return ((active + 1 + step + count + 1) % (count + 1)) - 1;
}
