import { Tabs } from "@mantine/core";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { SETTINGS_TABS, type SettingsTab } from "@/shared/lib/paths";
import { Loading } from "@/shared/ui/Loading";
import { Page, PageHead } from "@/shared/ui/Page";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";
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
      <Tabs
        value={tab}
        onChange={(value) => onTab(SETTINGS_TABS.find((one) => one === value) ?? "profile")}
        keepMounted={false}
      >
        <Tabs.List>
          {SETTINGS_TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`settings.tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SETTINGS_TABS.map((one) => (
          <Tabs.Panel key={one} value={one} className={styles.panel}>
            <PanelBoundary>
              <Suspense fallback={<Loading />}>{body[one]()}</Suspense>
            </PanelBoundary>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
