import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { openInDock } from "@/shared/lib/dock";
import { showKey } from "@/shared/lib/keymap";
import type { ContainerTab } from "@/shared/lib/paths";
import { Dialog } from "@/shared/ui/Dialog";
import { ConfirmRemove } from "./ContainerVerbs";
import styles from "./List.module.css";
import { type Target, useVerbs } from "./useVerbs";

interface Props {
  target: Target;
  isOpen: boolean;
  onClose: () => void;
  onTab: (tab: ContainerTab) => void;
}

interface Item {
  id: string;
  label: string;
  keys?: string;
  refusal?: string | null;
  isDanger?: boolean;
  act: () => void;
}

/** Everything that can be done with one container, by its key `.` or a button. What cannot be done says why. */
export function ObjectActions({ target, isOpen, onClose, onTab }: Props) {
  const { t } = useTranslation();
  const verbs = useVerbs(target);
  const ask = (verb: "stop" | "restart"): Item => ({
    id: verb,
    label: t(`verb.${verb}`),
    refusal: verbs.refusal(verb),
    act: () => verbs.ask(verb),
  });
  const tab = (name: ContainerTab, keys: string): Item => ({
    id: name,
    label: t(`tab.${name}`),
    keys,
    act: () => onTab(name),
  });
  const items: Item[] = [
    ask("restart"),
    ask("stop"),
    {
      id: "remove",
      label: `${t("verb.remove")}…`,
      refusal: verbs.refusal("remove"),
      isDanger: true,
      act: () => verbs.setRemoving(true),
    },
    tab("logs", "l"),
    { id: "dock", label: t("dock.open"), keys: "L", act: () => openInDock(target) },
    tab("metrics", "m"),
    tab("why", "w"),
  ];
  return (
    <>
      <Dialog isOpen={isOpen} onClose={onClose} title={t("actions.title", { name: target.name })}>
        <Items items={items} onClose={onClose} />
      </Dialog>
      <ConfirmRemove name={target.name} verbs={verbs} />
    </>
  );
}

function Items({ items, onClose }: { items: readonly Item[]; onClose: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  const take = (item: Item | undefined): void => {
    if (!item || (item.refusal ?? null) !== null) return;
    onClose();
    item.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, j: at + 1, k: at - 1 };
    const next = moves[event.key];
    const named = items.find((item) => item.keys === event.key);
    if (next !== undefined) buttons[(next + buttons.length) % buttons.length]?.focus();
    else if (named && !event.ctrlKey && !event.metaKey) take(named);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={list} className={styles.menu} onKeyDown={onKeyDown}>
      {items.map((item, index) => (
        <button
          key={item.id}
          type="button"
          className={styles.action}
          data-danger={item.isDanger}
          data-autofocus={index === 0 || undefined}
          aria-disabled={(item.refusal ?? null) !== null}
          onClick={() => take(item)}
        >
          <span>{item.label}</span>
          {(item.refusal ?? null) !== null && <span className={styles.why}>{item.refusal}</span>}
          {item.keys !== undefined && <kbd>{showKey(item.keys)}</kbd>}
        </button>
      ))}
    </div>
  );
}
