import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SETTINGS_TABS, type SettingsTab } from "@/shared/lib/paths";
import { Page, PageHead } from "@/shared/ui/Page";
import { PageTabs } from "@/shared/ui/PageTabs";
import styles from "./Settings.module.css";
import { lazyPart } from "@/shared/lib/lazyPart";

const About = lazyPart(async () => ({ default: (await import("./About")).About }));
const Health = lazyPart(async () => ({ default: (await import("./Health")).Health }));
const Registries = lazyPart(async () => ({ default: (await import("./Registries")).Registries }));
const Tokens = lazyPart(async () => ({ default: (await import("./Tokens")).Tokens }));

interface Props {
  tab: SettingsTab;
  onTab: (tab: SettingsTab) => void;
  /** Whose registries are shown. */
  project: string;
  /** Who is logged in, theme and language: made by the shell, which owns both. */
  profile: ReactNode;
}

export function SettingsPage({ tab, onTab, project, profile }: Props) {
  const { t } = useTranslation();
  const body: Record<SettingsTab, () => ReactNode> = {
    profile: () => profile,
    tokens: () => <Tokens />,
    registries: () => <Registries key={project} project={project} />,
    health: () => <Health />,
    about: () => <About />,
  };
  return (
    <Page>
      <PageHead title={t("nav.settings")} />
      <PageTabs
        tabs={SETTINGS_TABS}
        value={tab}
        onTab={onTab}
        label={(one) => t(`settings.tab.${one}`)}
        body={body}
        className={styles.panel}
      />
    </Page>
  );
}
