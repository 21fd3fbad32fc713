import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dock } from "@/features/dock/Dock";
import { meQuery } from "@/shared/api/queries";
import { useKeys } from "@/shared/lib/keys";
import { rememberProject, useProject } from "@/shared/lib/project";
import { useFreshness } from "@/shared/live/hooks";
import { session } from "@/shared/live/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";
import { Header } from "./Header";
import { LiveBanner } from "./LiveBanner";
import { Nav } from "./Nav";
import { PAGES } from "./pages";
import styles from "./Shell.module.css";

/** The frame around every page: the header, the navigation, the live session of the project. */
export function Shell() {
  const { data: me } = useQuery(meQuery);
  const project = useProject();
  const navigate = useNavigate();
  const freshness = useFreshness();

  const isKnown = me?.projects.some((one) => one.name === project) ?? false;

  const [opened, setOpened] = useState<string | null>(null);

  // Before anything is painted: the rows of one project never stand under the name of another.
  useLayoutEffect(() => {
    if (!isKnown) return;
    rememberProject(project);
    session.open(project);
    setOpened(project);
  }, [project, isKnown]);
  useEffect(() => () => session.close(), []);
  useKeys(
    Object.fromEntries(PAGES.map(({ keys, to }) => [keys, () => void navigate({ to, params: { project } })])),
  );
  return (
    <div className={styles.shell}>
      <Header project={project} me={me ?? null} />
      <Nav project={project} />
      <div className={styles.column}>
        <main className={styles.main} data-freshness={freshness} tabIndex={-1}>
          <LiveBanner />
          <div className={styles.page}>
            <PanelBoundary key={project}>
              {!isKnown ? <NoProject name={project} /> : opened === project && <Outlet />}
            </PanelBoundary>
          </div>
        </main>
        <Dock />
      </div>
    </div>
  );
}

function NoProject({ name }: { name: string }) {
  const { t } = useTranslation();
  return <EmptyState isPage title={t("error.noProject", { name })} text={t("error.noProjectText")} />;
}
