import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { showMoment } from "@/shared/lib/format";
import { Facts } from "@/shared/ui/Facts";
import { Panel } from "@/shared/ui/Panel";
import { EndpointsPanel } from "./EndpointsPanel";
import { LanesPanel } from "./LanesPanel";
import styles from "./Services.module.css";

export function OverviewTab({ service }: { service: Service }) {
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <LanesPanel service={service} />
      </div>
      <div className={styles.column}>
        <EndpointsPanel service={service} />
        <PolicyPanel service={service} />
      </div>
    </div>
  );
}

/** How one revision replaces another, in whole sentences. */
function PolicyPanel({ service }: { service: Service }) {
  const { t } = useTranslation();
  const { update } = service;
  return (
    <Panel title={t("policy.title")}>
      <Facts
        rows={[
          [
            t("policy.mode"),
            service.mode === "global"
              ? t("policy.global")
              : t("policy.replicated", { count: service.replicas }),
          ],
          [t("policy.order"), t(`policy.orders.${update.order}`)],
          [
            t("policy.bounds"),
            t("policy.boundsText", {
              batch: update.batch,
              surge: update.max_surge,
              unavailable: update.max_unavailable,
            }),
          ],
          [
            t("policy.proof"),
            t("policy.proofText", { window: update.health_window, deadline: update.start_deadline }),
          ],
          [
            t("policy.failure"),
            t(`policy.failures.${update.on_failure}`, { count: update.failure_threshold }),
          ],
          [t("policy.first"), t(update.hold_after_first ? "policy.holds" : "policy.goesOn")],
          [t("policy.leaving"), t("policy.leavingText", { seconds: service.stop_delay })],
          [t("policy.strict"), t(service.strict ? "policy.isStrict" : "policy.notStrict")],
          [t("policy.created"), showMoment(service.created_at)],
        ]}
      />
    </Panel>
  );
}
