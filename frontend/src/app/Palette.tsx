import { Modal } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { findObjects, type Found, rankName, wordsOf } from "@/live/find";
import { ROUTES } from "@/shared/lib/paths";
import { useCalmFleet } from "@/shared/live/hooks";
import { ContainerStatus, HostStatus, ServiceStatus } from "@/shared/ui/Status";
import styles from "./Palette.module.css";
import type { Action } from "./useActions";

const MOST_FOUND = 12;
const DRAW_MS = 1_000;

interface Props {
  isOpen: boolean;
  project: string;
  actions: readonly Action[];
  onClose: () => void;
}

/** Find anything: any service, container or host by parts of its name, any page, any act. Arrows move, Enter opens. */
export function Palette({ isOpen, onClose, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <Modal.Root
      opened={isOpen}
      onClose={onClose}
      size={620}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      yOffset="12vh"
    >
      <Modal.Overlay />
      <Modal.Content aria-label={t("palette.label")}>
        <Modal.Body p={0}>{isOpen && <Finder {...rest} onClose={onClose} />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

interface Entry {
  id: string;
  node: ReactNode;
  act: () => void;
}

function Finder({ project, actions, onClose }: Omit<Props, "isOpen">) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const entries = useEntries(project, actions, text);
  const index = Math.max(
    0,
    entries.findIndex((entry) => entry.id === chosen),
  );
  const open = (entry: Entry | undefined): void => {
    if (!entry) return;
    onClose();
    entry.act();
  };
  const onKey = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1 };
    const next = moves[event.key];
    if (next !== undefined) setChosen(entries[(next + entries.length) % entries.length]?.id ?? null);
    else if (event.key === "Enter") open(entries[index]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        className={styles.input}
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={entries[index] && optionId(entries[index].id)}
        aria-label={t("palette.label")}
        placeholder={t("palette.hint")}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(null);
        }}
        onKeyDown={onKey}
      />
      <Options entries={entries} index={index} onChoose={setChosen} onOpen={open} />
      {entries.length === 0 && (
        <p className={styles.none} role="status">
          {t("palette.none", { text })}
        </p>
      )}
    </>
  );
}

interface OptionsProps {
  entries: readonly Entry[];
  index: number;
  onChoose: (id: string) => void;
  onOpen: (entry: Entry) => void;
}

function Options({ entries, index, onChoose, onOpen }: OptionsProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [index]);
  return (
    <div ref={list} id="palette-list" className={styles.list} role="listbox" aria-label={t("palette.label")}>
      {entries.map((entry, at) => (
        <div
          key={entry.id}
          id={optionId(entry.id)}
          role="option"
          aria-selected={at === index}
          className={styles.option}
          onPointerMove={() => onChoose(entry.id)}
          onClick={() => onOpen(entry)}
        >
          {entry.node}
        </div>
      ))}
    </div>
  );
}

function optionId(id: string): string {
  return `palette-${id}`;
}

function useEntries(project: string, actions: readonly Action[], text: string): Entry[] {
  const navigate = useNavigate();
  const fleet = useCalmFleet(DRAW_MS);
  const words = wordsOf(text);
  const open = (found: Found): void => {
    if (found.kind === "host") void navigate({ to: ROUTES.host, params: { name: found.key } });
    else void navigate({ to: ROUTES[found.kind], params: { project, id: found.key } });
  };
  const objects = findObjects(fleet, text, MOST_FOUND).map((found) => ({
    id: `${found.kind}-${found.key}`,
    node: <Thing found={found} />,
    act: () => open(found),
  }));
  const acts = actions
    .filter((action) => rankName(action.label, words) !== null)
    .map((action) => ({ id: action.id, node: <Act action={action} />, act: action.act }));
  return [...objects, ...acts];
}

function Thing({ found }: { found: Found }) {
  return (
    <>
      <span className="mono truncate">{found.name}</span>
      <span className={styles.aside}>
        {found.place !== "" && <span className="mono soft">{found.place}</span>}
        <StateOf found={found} />
      </span>
    </>
  );
}

function StateOf({ found }: { found: Found }) {
  const Status = { container: ContainerStatus, host: HostStatus, service: ServiceStatus }[found.kind];
  return <Status state={found.state} />;
}

function Act({ action }: { action: Action }) {
  return (
    <>
      <span className="truncate">{action.label}</span>
      {action.keys !== undefined && <kbd className={styles.keys}>{action.keys}</kbd>}
    </>
  );
}
