import { useTranslation } from "react-i18next";
import { showCount } from "../lib/format";
import { Said } from "./Said";

/** How many rows a list shows of all there are: always right on screen, said aloud only now and then. */
export function ListCount({ shown, all }: { shown: number; all: number }) {
  const { t, i18n } = useTranslation();
  const text = t("list.count", {
    shown: showCount(shown, i18n.language),
    all: showCount(all, i18n.language),
  });
  return (
    <>
      <span className="soft" aria-hidden="true" data-testid="count">
        {text}
      </span>
      <Said text={text} />
    </>
  );
}
