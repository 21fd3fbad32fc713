import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Cause, causeQuery } from "@/live/summary";
import type { Brake } from "@/shared/api/types";
import { shortImage, showAge, showCount } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useNow } from "@/shared/live/hooks";
import { Panel } from "@/shared/ui/Panel";
import { Reason } from "@/shared/ui/Reason";
import { ContainerStatus, HostStatus } from "@/shared/ui/Status";
import { BrakeCause } from "./BrakeCause";
import styles from "./Overview.module.css";

const MOST_CAUSES = 12;

interface Props {
  brakes: readonly Brake[];
  causes: readonly Cause[];
  project: string;
}

/** What needs somebody, one line per cause: why, what it is about, how many, and the way there. */
export function Attention({ brakes, causes, project }: Props) {
  const { t, i18n } = useTranslation();
  const count = (value: number): string => showCount(value, i18n.language);
  const all = brakes.length + causes.length;
  const rest = causes.length - MOST_CAUSES;
  return (
    <Panel
      title={t("overview.attention")}
      note={all > 0 ? t("overview.causes", { count: all, shown: count(all) }) : undefined}
    >
      {all === 0 && <p className="soft">{t("overview.nothing")}</p>}
      <ul className={styles.causes}>
        {brakes.map((brake) => (
          <li key={`brake ${brake.id}`}>
            <BrakeCause brake={brake} />
          </li>
        ))}
        {causes.slice(0, MOST_CAUSES).map((cause) => (
          <li key={cause.key}>
            {cause.kind === "host" ? <HostCause cause={cause} /> : <Group cause={cause} project={project} />}
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <Link
          to={ROUTES.containers}
          params={{ project }}
          search={{ q: "state:failed,lost,unhealthy,unknown,restarting,pending" }}
        >
          {t("overview.moreCauses", { count: rest, shown: count(rest) })}
        </Link>
      )}
    </Panel>
  );
}

function HostCause({ cause }: { cause: Cause }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <span className={styles.causeHead}>
        <HostStatus state={cause.state} />
        <Link className="mono" to={ROUTES.host} params={{ name: cause.about }}>
          {cause.about}
        </Link>
      </span>
      <span className="soft">
        {t("overview.holds", { count: cause.count, shown: showCount(cause.count, i18n.language) })}
        <Since since={cause.since} />
      </span>
    </>
  );
}

function Group({ cause, project }: { cause: Cause; project: string }) {
  const { t, i18n } = useTranslation();
  const words = cause.message || (cause.state === "unhealthy" ? t("overview.checkFails") : "");
  const about = cause.aboutKind === "image" ? shortImage(cause.about) : cause.about;
  return (
    <>
      <span className={styles.causeHead}>
        <ContainerStatus state={cause.state} />
        {cause.count === 1 ? (
          <Link
            className="mono"
            to={ROUTES.container}
            params={{ project, id: cause.slot }}
            title={cause.about}
          >
            {cause.name}
          </Link>
        ) : (
          <Link
            className="mono"
            to={ROUTES.containers}
            params={{ project }}
            search={{ q: causeQuery(cause) }}
            title={cause.about}
          >
            {about} × {showCount(cause.count, i18n.language)}
          </Link>
        )}
      </span>
      <span className={styles.causeText} title={words}>
        <Reason code={cause.reason} /> {words}
        <Since since={cause.since} isAlone={cause.reason === "" && words === ""} />
      </span>
    </>
  );
}

function Since({ since, isAlone = false }: { since: number; isAlone?: boolean }) {
  const { t } = useTranslation();
  const now_ms = useNow(10_000);
  if (Number.isNaN(since)) return null;
  const text = t("container.since", { age: showAge(now_ms - since) });
  return <>{isAlone ? text : ` · ${text}`}</>;
}
