import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { RemoveService } from "./RemoveService";
import { RollBack } from "./RollBack";
import { ScaleBox } from "./ScaleBox";
import styles from "./Services.module.css";
import { useService } from "./useService";
import { useServiceVerbs } from "./useServiceVerbs";

interface Props {
  project: string;
  id: string;
  onClose: () => void;
}

/** Everything that can be done with one service of the list; what cannot be done says why. */
export function ServiceActions({ project, id, onClose }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useService({ project, id });
  const [open, setOpen] = useState<"back" | "remove" | null>(null);
  if (data && open === "back") return <RollBack service={data} onClose={onClose} />;
  if (data && open === "remove") return <RemoveService service={data} onClose={onClose} />;
  return (
    <Dialog isOpen onClose={onClose} title={t("actions.title", { name: data?.name ?? "" })}>
      {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && <Items service={data} onOpen={setOpen} onClose={onClose} />}
    </Dialog>
  );
}

interface ItemsProps {
  service: Service;
  onOpen: (what: "back" | "remove") => void;
  onClose: () => void;
}

function Items({ service, onOpen, onClose }: ItemsProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const verbs = useServiceVerbs(service);
  const list = useRef<HTMLDivElement>(null);
  const ask = (verb: "restart" | "pause" | "resume" | "promote" | "abort") =>
    [verb, () => verbs.ask({ verb }, onClose)] as const;
  const items = [
    ask("restart"),
    ask(service.paused || service.rollout?.status === "paused" ? "resume" : "pause"),
    ask("promote"),
    ask("abort"),
    ["roll-back", () => onOpen("back")] as const,
    [
      "update",
      () => void navigate({ to: ROUTES.editService, params: { project: service.project, id: service.id } }),
    ] as const,
    ["remove", () => onOpen("remove")] as const,
  ];
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (next === undefined || event.target instanceof HTMLInputElement) return;
    buttons[(next + buttons.length) % buttons.length]?.focus();
    event.preventDefault();
  };
  return (
    <>
      <ScaleBox service={service} verbs={verbs} />
      <div ref={list} className={styles.menu} onKeyDown={onKeyDown}>
        {items.map(([verb, act]) => {
          const refusal = verbs.refusal(verb);
          return (
            <button
              key={verb}
              type="button"
              className={styles.action}
              data-danger={verb === "remove"}
              aria-disabled={refusal !== null}
              onClick={() => refusal === null && act()}
            >
              <span>{t(`serviceVerb.${verb}`)}</span>
              {refusal !== null && <span className={styles.why}>{refusal}</span>}
            </button>
          );
        })}
      </div>
    </>
  );
}
