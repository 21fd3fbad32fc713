import { useTranslation } from "react-i18next";
import { useFreshness, useStaleSeconds } from "../live/hooks";

/** Beside a verb that cannot be taken back: how old the state is that it is asked of. Nothing while the feed is live. */
export function StateAge({ isSentence = false }: { isSentence?: boolean }) {
  const freshness = useFreshness();
  if (freshness !== "stale" && freshness !== "offline") return null;
  return <Age isSentence={isSentence} />;
}

function Age({ isSentence }: { isSentence: boolean }) {
  const { t } = useTranslation();
  const count = useStaleSeconds();
  if (isSentence) return <p>{t("live.oldWarning", { count })}</p>;
  return <>&nbsp;· {t("live.old", { seconds: count })}</>;
}
