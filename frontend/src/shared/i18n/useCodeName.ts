import type { ParseKeys } from "i18next";
import { useTranslation } from "react-i18next";

/** People's word for a code of the server: of a host's condition, a fact of an engine, a filter or score of placement.
 * A code that is newer than this console stands for itself. */
export function useCodeName(kind: "conditionName" | "fact" | "filter" | "score"): (code: string) => string {
  const { t, i18n } = useTranslation();
  return (code) => {
    const key = `${kind}.${code}`;
    return i18n.exists(key) ? t(key as ParseKeys) : code;
  };
}
