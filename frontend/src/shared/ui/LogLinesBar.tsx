import { ActionIcon, Button, NativeSelect, Tooltip } from "@mantine/core";
import { IconDownload, IconTextWrap } from "@tabler/icons-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { type LogView, readSince, SINCES } from "../lib/logView";
import { FilterBox } from "./FilterBox";
import type { Follow } from "./LogLines";
import styles from "./LogLines.module.css";

interface Props {
  search: RefObject<HTMLInputElement | null>;
  isMain: boolean;
  view: LogView;
  onView: (view: LogView) => void;
  count: string;
  note: string | null;
  isWrapped: boolean;
  onWrap: (isWrapped: boolean) => void;
  onSave: () => void;
  isFollowing: boolean;
  follow: Follow;
}

/** What is shown of a log, and whether it follows. */
export function LogLinesBar(props: Props) {
  const { view, onView, follow, isWrapped } = props;
  const { t } = useTranslation();
  return (
    <div className={styles.bar}>
      <FilterBox
        inputRef={props.search}
        hasKeys={props.isMain}
        width={props.isMain ? 320 : 200}
        label={t("logs.search")}
        placeholder={t("logs.search")}
        value={view.find ?? ""}
        onChange={(find) => onView({ ...view, find: find === "" ? undefined : find })}
      />
      <NativeSelect
        size="xs"
        w={132}
        aria-label={t("logs.since")}
        value={view.since ?? ""}
        data={[
          { value: "", label: t("logs.sinceAll") },
          ...SINCES.map((value) => ({ value, label: t(`logs.last.${value}`) })),
        ]}
        onChange={(event) => onView({ ...view, since: readSince(event.currentTarget.value) })}
      />
      <Tooltip label={t("logs.wrap")}>
        <ActionIcon
          variant={isWrapped ? "light" : "subtle"}
          color={isWrapped ? undefined : "gray"}
          c={isWrapped ? undefined : "var(--text)"}
          aria-label={t("logs.wrap")}
          aria-pressed={isWrapped}
          onClick={() => props.onWrap(!isWrapped)}
        >
          <IconTextWrap size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("logs.save")}>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="var(--text)"
          aria-label={t("logs.save")}
          onClick={props.onSave}
        >
          <IconDownload size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <span className="soft">{props.count}</span>
      {props.note !== null && <span className="soft truncate">{props.note}</span>}
      <span className={styles.end}>
        <Tail isFollowing={props.isFollowing} follow={follow} />
      </span>
    </div>
  );
}

function Tail({ isFollowing, follow }: { isFollowing: boolean; follow: Follow }) {
  const { t } = useTranslation();
  if (!follow.isAtEnd) {
    return (
      <Button size="compact-xs" onClick={follow.toEnd}>
        {t("logs.paused", { count: follow.fresh })}
      </Button>
    );
  }
  if (!isFollowing) return null;
  return (
    <Button size="compact-xs" variant="default" title={t("logs.pause")} onClick={follow.pause}>
      {t("logs.following")}
    </Button>
  );
}
