import { IconX } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Fleet } from "@/live/fleet";
import { TYPING_MS, useBehind } from "@/shared/lib/useBehind";
import { useNow } from "@/shared/live/hooks";
import { absentValues, withoutValue } from "./completions";
import styles from "./List.module.css";
import { nearestKey, OFFERED, readTokens, type Token } from "./tokens";

const LOOK_AGAIN_MS = 3_000;

interface Props {
  fleet: Fleet;
  query: string;
  /** What is shown must not move: then nothing new is said either. */
  isHeld: boolean;
  onChange: (query: string) => void;
}

/** Below the filter: what in it is no filter, and values that nothing has (any more), each to be taken out. */
export function QueryNotes({ fleet, query: typed, isHeld, onChange }: Props) {
  const { t } = useTranslation();
  // The rows go first.
  const query = useBehind(typed, { pause_ms: TYPING_MS });
  const slow_ms = useNow(LOOK_AGAIN_MS);
  const tokens = useMemo(() => readTokens(query), [query]);
  const troubled = tokens.filter((token) => token.trouble !== null);
  const asOf = isHeld ? "held" : slow_ms;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the columns change in place; asOf says when to look
  const absent = useMemo(() => absentValues(fleet, tokens), [fleet, tokens, asOf]);
  if (troubled.length === 0 && absent.length === 0) return null;
  return (
    <div className={styles.notes}>
      {absent.map((one) => (
        <button
          key={`${one.token.from}:${one.value}`}
          type="button"
          className={styles.chip}
          onClick={() => onChange(withoutValue(query, one))}
        >
          <span className="mono">
            {one.token.key}:{one.value}
          </span>
          <span className="soft">{t("query.absent")}</span>
          <span className="sr-only">{t("query.takeOut")}</span>
          <IconX size={13} aria-hidden />
        </button>
      ))}
      {troubled.map((token) => (
        <p key={token.from} className={styles.trouble} role="note">
          {words(token, t)}
        </p>
      ))}
    </div>
  );
}

function words(token: Token, t: TFunction): string {
  const key = token.key ?? "";
  switch (token.trouble) {
    case "needsCompare":
      return t("query.needsCompare", { text: token.text, key });
    case "needsNumber":
      return t("query.needsNumber", { text: token.text, key });
    case "needsColon":
      return t("query.needsColon", { text: token.text, key });
    default: {
      const near = nearestKey(key);
      const meant = near === null ? "" : ` ${t("query.meant", { key: near })}`;
      return t("query.unknownKey", { text: token.text, key, keys: OFFERED.join(" ") }) + meant;
    }
  }
}
