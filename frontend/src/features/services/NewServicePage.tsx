import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ROUTES, type RunMode } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Loading } from "@/shared/ui/Loading";
import { Crumb, Page } from "@/shared/ui/Page";
import { lazyPart } from "@/shared/lib/lazyPart";

/** The form comes with its page, the editor of YAML only when somebody wants it. */
const CreateService = lazyPart(() => import("./CreateService"));

export interface WriteProps {
  project: string;
  /** In the address: the same spec as a form or as YAML. */
  mode: RunMode;
  onMode: (mode: RunMode) => void;
}

/** Asks for a service. What was typed stays until the server has taken it. */
export function NewServicePage(props: WriteProps) {
  const { t } = useTranslation();
  const { project } = props;
  const { mayOperate } = useRights(project);
  if (!mayOperate) return <NotYours />;
  return (
    <Page>
      <Crumb to={ROUTES.services} params={{ project }}>
        {t("services.title")}
      </Crumb>
      <Suspense fallback={<Loading lines={[40, 60, 30]} />}>
        <CreateService {...props} />
      </Suspense>
    </Page>
  );
}

export function NotYours() {
  const { t } = useTranslation();
  return (
    <Page>
      <EmptyState isPage title={t("error.forbidden")} text={t("refusal.viewer")} />
    </Page>
  );
}
