import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { readContainer } from "@/shared/api/queries";
import { ROUTES, type RunMode } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Crumb, Page } from "@/shared/ui/Page";
import { lazyPart } from "@/shared/lib/lazyPart";
import { type Draft, EMPTY, fromSpec } from "@/shared/spec/draft";
import styles from "./Run.module.css";

/** The form comes with this page, the editor of YAML only when somebody wants it. */
const Writer = lazyPart(() => import("./Writer"));

export interface RunProps {
  project: string;
  /** In the address: the same spec as a form or as YAML. */
  mode: RunMode;
  onMode: (mode: RunMode) => void;
  /** A container whose spec is written anew, by its slot. */
  from?: string | undefined;
}

/** Asks for one stand-alone container. What was typed stays until the server has taken it. */
export function RunPage({ project, mode, onMode, from }: RunProps) {
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
      {from === undefined ? (
        <Suspense fallback={<Loading lines={[40, 60, 30]} />}>
          <Writer project={project} mode={mode} onMode={onMode} first={EMPTY} />
        </Suspense>
      ) : (
        <Anew key={from} project={project} mode={mode} onMode={onMode} from={from} />
      )}
    </Page>
  );
}

/** Begins with the spec of one that there is. That one stays as it is, so the new one needs another name. */
function Anew({ project, mode, onMode, from }: RunProps & { from: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: ["container", project, from, "anew"],
    queryFn: () => readContainer({ project, id: from }),
    // Nothing is laid over what somebody types.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading lines={[40, 60, 30]} />;
  const spec = fromSpec(data.spec);
  const first: Draft = { ...spec, name: `${data.name}-2` };
  return (
    <>
      <p className={styles.from} role="note">
        {t("run.from")}{" "}
        <Link className="mono" to={ROUTES.container} params={{ project, id: from }}>
          {data.name}
        </Link>
        {t("run.fromNote")}
      </p>
      <Suspense fallback={<Loading lines={[40, 60, 30]} />}>
        <Writer project={project} mode={mode} onMode={onMode} first={first} />
      </Suspense>
    </>
  );
}
