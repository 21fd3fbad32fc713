import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ROUTES } from "../lib/paths";

const WORDED = [
  "out-of-memory",
  "vanished",
  "image-missing",
  "registry",
  "registry-denied",
  "port-taken",
  "disk-full",
  "gpu-refused",
  "invalid",
  "policy",
  "refused",
  "deadline",
  "host-lost",
  "preempted",
] as const;
const FIXED = ["registry-denied", "image-missing", "registry", "disk-full", "gpu-refused"] as const;

/** Why it ended or waits, in a few words; the engine's own words stand beside it. Nothing for codes without words. */
export function Reason({ code }: { code: string }) {
  const { t } = useTranslation();
  const known = WORDED.find((one) => one === code);
  return known ? <strong>{t(`reason.${known}`)}</strong> : null;
}

/** What can be done about it, where that is known; for refused credentials the way to them. */
export function ReasonFix({ code }: { code: string }) {
  const { t } = useTranslation();
  const known = FIXED.find((one) => one === code);
  if (!known) return null;
  const words = t(`reasonFix.${known}`);
  if (known !== "registry-denied") return <span className="soft">{words}</span>;
  return (
    <Link to={ROUTES.settings} search={{ tab: "registries" }}>
      {words}
    </Link>
  );
}
