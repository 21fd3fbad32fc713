import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Policy, PolicyUser } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import styles from "./Placement.module.css";

/** What projects that have chosen none are placed by. */
const DEFAULT = "spread";
const SHOWN = 6;

/** Who is placed by it, of what one may see, each with the way there. */
export function PolicyUsers({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const shown = policy.used_by.slice(0, SHOWN);
  const more = policy.used_by.length - shown.length;
  const isDefault = policy.name === DEFAULT;
  if (shown.length === 0 && !isDefault) return <span className="soft">{t("policies.unused")}</span>;
  return (
    <span className={styles.users}>
      {isDefault && <span>{t("policies.default")}</span>}
      {shown.map((user) => (
        <span key={`${user.kind} ${user.project} ${user.name}`}>
          {t(`policies.user.${user.kind}`)} <UserName user={user} />
        </span>
      ))}
      {more > 0 && <span className="soft">{t("decisions.more", { count: more })}</span>}
    </span>
  );
}

function UserName({ user: { kind, project, name, id } }: { user: PolicyUser }) {
  if (id === null) return <span className="mono">{name}</span>;
  return (
    <Link
      className="mono"
      to={kind === "service" ? ROUTES.service : ROUTES.container}
      params={{ project, id }}
      title={project}
    >
      {name}
    </Link>
  );
}
