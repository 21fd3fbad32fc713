import { Button, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { StateAge } from "./StateAge";

interface Props {
  label: string;
  icon?: ReactNode;
  /** Why it cannot be done now; null when it can. */
  refusal: string | null;
  isBusy?: boolean;
  isDanger?: boolean;
  /** It ends something: while the feed is stale the button says how old the state is. */
  isDestructive?: boolean;
  onClick: () => void;
}

/** A button for a verb. When it cannot be done it stays visible and reachable, and says why. */
export function Verb(props: Props) {
  const { label, icon, refusal, isBusy = false, isDanger = false, isDestructive = isDanger, onClick } = props;
  // One tree for both, so that the focus stays when a verb becomes impossible under it.
  return (
    <Tooltip
      label={refusal ?? ""}
      disabled={refusal === null}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Button
        size="xs"
        variant={isDanger && refusal === null ? "light" : "default"}
        color={isDanger ? "red" : undefined}
        leftSection={icon}
        loading={isBusy}
        aria-disabled={refusal !== null}
        data-disabled={refusal !== null || undefined}
        onClick={(event) => {
          if (refusal === null) onClick();
          else event.preventDefault();
        }}
      >
        {label}
        {isDestructive && <StateAge />}
      </Button>
    </Tooltip>
  );
}
