import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { showCount } from "@/shared/lib/format";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { TYPING_MS, useBehind } from "@/shared/lib/useBehind";
import { useFleet, useNow } from "@/shared/live/hooks";
import { EmptyState } from "@/shared/ui/EmptyState";
import { FirstSteps } from "@/shared/ui/EmptyStateSteps";
import { Verb } from "@/shared/ui/Verb";
import { relax } from "./filter";

export const RunButton = memo(function RunButton({ project }: { project: string }) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  const icon = <IconPlus size={15} />;
  if (!mayOperate) {
    return (
      <Verb label={t("containers.run")} icon={icon} refusal={t("refusal.viewer")} onClick={() => undefined} />
    );
  }
  return (
    <Button
      size="xs"
      leftSection={icon}
      renderRoot={(props) => <Link to={ROUTES.run} params={{ project }} {...props} />}
    >
      {t("containers.run")}
    </Button>
  );
});

export function NoContainers({ project }: { project: string }) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  const { fleet } = useFleet();
  const hasHost = fleet.hosts.count > 0 || !fleet.isReady("hosts");
  return (
    <EmptyState
      title={t("containers.empty")}
      text={
        !mayOperate
          ? t("containers.emptyViewer")
          : hasHost
            ? t("containers.emptyText")
            : t("containers.emptyNoHost")
      }
    >
      <FirstSteps project={project} />
    </EmptyState>
  );
}

/** The filter lets nothing through: the one token to blame, when there is one, and the way back to all. */
export function NoMatch({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const { t, i18n } = useTranslation();
  const { fleet } = useFleet();
  const slow_ms = useNow();
  // To look for it takes as long as to filter several times: that nothing is there is said first.
  const asked = useBehind(query, { first: "", pause_ms: TYPING_MS });
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the columns change in place; slow_ms says when to look
  const found = useMemo(() => relax(fleet, asked), [fleet, asked, slow_ms]);
  const nearest = asked === query ? found : null;
  return (
    <EmptyState title={t("containers.noMatch", { query })}>
      {nearest && (
        <Button size="xs" variant="default" onClick={() => onQuery(nearest.text)}>
          {t("query.without", {
            what: nearest.without,
            shown: showCount(nearest.count, i18n.language),
          })}
        </Button>
      )}
      <Button size="xs" variant="default" onClick={() => onQuery("")}>
        {t("containers.clear")}
      </Button>
    </EmptyState>
  );
}
