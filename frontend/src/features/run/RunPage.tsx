import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ROUTES, type RunMode } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loading } from "@/shared/ui/Loading";
import { Crumb, Page } from "@/shared/ui/Page";
import { lazyPart } from "@/shared/lib/lazyPart";

/** The form comes with this page, the editor of YAML only when somebody wants it. */
const Writer = lazyPart(() => import("./Writer"));

export interface RunProps {
  project: string;
  /** In the address: the same spec as a form or as YAML. */
  mode: RunMode;
  onMode: (mode: RunMode) => void;
}

/** Asks for one stand-alone container. What was typed stays until the server has taken it. */
export function RunPage({ project, mode, onMode }: RunProps) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  if (!mayOperate) {
    return (
      <Page>
        <EmptyState isPage title={t("error.forbidden")} text={t("refusal.viewer")} />
      </Page>
    );
  }
  return (
    <Page>
      <Crumb to={ROUTES.containers} params={{ project }}>
        {t("containers.title")}
      </Crumb>
      <Suspense fallback={<Loading lines={[40, 60, 30]} />}>
        <Writer project={project} mode={mode} onMode={onMode} />
      </Suspense>
    </Page>
  );
}
