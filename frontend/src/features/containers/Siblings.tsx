import { ActionIcon, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Container } from "@/shared/api/types";
import { CONTAINER_TABS, ROUTES } from "@/shared/lib/paths";
import { useCalmFleet } from "@/shared/live/hooks";
import styles from "./List.module.css";
import { siblingsOf } from "./siblings";

const LOOK_AGAIN_MS = 1_000;

/** Previous and next in the list one came from; the tab stays. */
export function Siblings({ container }: { container: Container }) {
  const { t } = useTranslation();
  const fleet = useCalmFleet(LOOK_AGAIN_MS);
  const go = useSibling(container);
  const siblings = siblingsOf(fleet, container.project, container.slot);
  if (siblings === null || siblings.count < 2) return null;
  return (
    <span className={styles.siblings}>
      <Step
        label={t("siblings.previous")}
        keys="["
        isEnd={siblings.previous === null}
        onClick={() => go("previous")}
      >
        <IconChevronLeft size={16} stroke={1.6} />
      </Step>
      {t("siblings.place", { place: siblings.place, count: siblings.count })}
      <Step label={t("siblings.next")} keys="]" isEnd={siblings.next === null} onClick={() => go("next")}>
        <IconChevronRight size={16} stroke={1.6} />
      </Step>
    </span>
  );
}

interface StepProps {
  label: string;
  keys: string;
  isEnd: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

function Step({ label, keys, isEnd, onClick, children }: StepProps) {
  return (
    <Tooltip label={`${label} (${keys})`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        c={isEnd ? "var(--quiet)" : "var(--text)"}
        aria-label={label}
        aria-disabled={isEnd}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Goes to the sibling; at an end it stays. */
export function useSibling(
  container: Pick<Container, "project" | "slot"> | undefined,
): (to: "previous" | "next") => void {
  const navigate = useNavigate();
  const fleet = useCalmFleet(LOOK_AGAIN_MS);
  return (to) => {
    const id = container && siblingsOf(fleet, container.project, container.slot)?.[to];
    if (!container || !id) return;
    void navigate({
      to: ROUTES.container,
      params: { project: container.project, id },
      search: ({ tab, since }) => ({ tab: CONTAINER_TABS.find((one) => one === tab), since }),
      replace: true,
    });
  };
}
