import { IconHandStop } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { newKey } from "@/shared/api/client";
import { RequestFailed } from "@/shared/api/problem";
import type { Brake } from "@/shared/api/types";
import { showAge, showMoment } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { useNow } from "@/shared/live/hooks";
import { Confirm } from "@/shared/ui/Confirm";
import { notify } from "@/shared/ui/notify";
import { BrakeMark } from "@/shared/ui/Status";
import { Verb } from "@/shared/ui/Verb";
import { allBrakes, releaseBrake } from "./brakes";
import styles from "./Overview.module.css";

/** A brake that holds: where, since when, what was stopped before it held, what it holds back, and how it is released. */
export function BrakeCause({ brake }: { brake: Brake }) {
  const { t } = useTranslation();
  const now_ms = useNow(10_000);
  const where = brake.host ?? t("brake.everywhere");
  return (
    <div data-testid="brake">
      <span className={styles.causeHead}>
        <BrakeMark word={t("brake.on")} />
        {brake.host === null ? (
          <span>{where}</span>
        ) : (
          <Link className="mono" to={ROUTES.host} params={{ name: brake.host }}>
            {brake.host}
          </Link>
        )}
        <time className={styles.brakeSince} dateTime={brake.since} title={showMoment(brake.since)}>
          {t("container.since", { age: showAge(now_ms - Date.parse(brake.since)) })}
        </time>
      </span>
      <p>{t(brake.host === null ? "brake.holdsAll" : "brake.holdsHost", { host: where })}</p>
      {brake.message !== "" && <p className="soft">{brake.message}</p>}
      <Release brake={brake} where={where} />
    </div>
  );
}

function Release({ brake, where }: { brake: Brake; where: string }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { mayRelease } = useRights("");
  const [isAsking, setAsking] = useState(false);
  const release = useMutation({
    mutationFn: () => releaseBrake(brake, newKey()),
    onSuccess: () => notify({ message: t("brake.released", { where }) }),
    onError: (error) =>
      notify({
        color: "red",
        title: t("brake.failed", { where }),
        message: error instanceof RequestFailed ? error.message : t("error.unreachable"),
      }),
    // Also when somebody else was faster: then it holds no more either.
    onSettled: () => {
      setAsking(false);
      return cache.invalidateQueries(allBrakes);
    },
  });
  return (
    <div className={styles.brakeVerb}>
      <Verb
        label={`${t("brake.release")}…`}
        icon={<IconHandStop size={15} stroke={1.7} />}
        refusal={mayRelease ? null : t("refusal.notAdmin")}
        isDestructive
        onClick={() => setAsking(true)}
      />
      <Confirm
        isOpen={isAsking}
        title={t("brake.title", { where })}
        verb={t("brake.release")}
        isBusy={release.isPending}
        onConfirm={() => release.mutate()}
        onClose={() => setAsking(false)}
      >
        <p>{t("brake.follows")}</p>
        <p>{t("brake.again")}</p>
      </Confirm>
    </div>
  );
}
