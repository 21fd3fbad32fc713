import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { meQuery } from "@/shared/api/queries";
import { useKeys } from "@/shared/lib/keys";
import { ROUTES } from "@/shared/lib/paths";
import { useFreshness } from "@/shared/live/hooks";
import { session } from "@/shared/live/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";
import { Header } from "./Header";
import { LiveBanner } from "./LiveBanner";
import { Nav } from "./Nav";
import styles from "./Shell.module.css";

const LAST_PROJECT_KEY = "orchestra.project";

/** The frame around every page: the header, the navigation, the live session of the project. */
export function Shell() {
  const { data: me } = useQuery(meQuery);
  const { project: named } = useParams({ strict: false });
  const project = named ?? rememberedProject(me?.projects.map((one) => one.name) ?? []);
  const navigate = useNavigate();
  const freshness = useFreshness();

  const isKnown = me?.projects.some((one) => one.name === project) ?? false;

  useEffect(() => {
    if (!isKnown) return;
    localStorage.setItem(LAST_PROJECT_KEY, project);
    session.open(project);
  }, [project, isKnown]);
  useEffect(() => () => session.close(), []);
  useKeys({
    "g c": () => void navigate({ to: ROUTES.containers, params: { project } }),
    "g h": () => void navigate({ to: ROUTES.hosts }),
    "g r": () => void navigate({ to: ROUTES.run, params: { project } }),
  });
  return (
    <div className={styles.shell}>
      <Header project={project} me={me ?? null} />
      <Nav project={project} />
      <main className={styles.main} data-freshness={freshness} tabIndex={-1}>
        <LiveBanner />
        <div className={styles.page}>
          <PanelBoundary>{isKnown ? <Outlet /> : <NoProject name={project} />}</PanelBoundary>
        </div>
      </main>
    </div>
  );
}

function NoProject({ name }: { name: string }) {
  const { t } = useTranslation();
  return <EmptyState isPage title={t("error.noProject", { name })} text={t("error.noProjectText")} />;
}

function rememberedProject(known: readonly string[]): string {
  const last = localStorage.getItem(LAST_PROJECT_KEY);
  return (last !== null && known.includes(last) ? last : known[0]) ?? "default";
}
