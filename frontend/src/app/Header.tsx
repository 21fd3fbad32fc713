import { ActionIcon, Button, Menu, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconLogout, IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "@/shared/api/client";
import { meQuery } from "@/shared/api/queries";
import type { Me } from "@/shared/api/types";
import { dock, EMPTY_DOCK } from "@/shared/lib/dock";
import { useKeys } from "@/shared/lib/keys";
import { useFleet, useFreshness } from "@/shared/live/hooks";
import { session } from "@/shared/live/session";
import { Commands } from "./Commands";
import { setLanguage } from "./i18n";
import { Mark } from "./Mark";
import { ProjectSwitch } from "./ProjectSwitch";
import styles from "./Shell.module.css";

export function Header({ project, me }: { project: string; me: Me | null }) {
  const { t, i18n } = useTranslation();
  const other = i18n.language === "de" ? "en" : "de";
  return (
    <header className={styles.header}>
      <Link to="/" className={styles.brand}>
        <Mark />
        Orchestra
      </Link>
      {me?.simulated === true && (
        <span className={styles.simulated} title={t("header.simulatedText")} data-testid="simulated">
          {t("header.simulated")}
        </span>
      )}
      <ProjectSwitch project={project} me={me} />
      <Commands project={project} me={me} />
      <div className={styles.right}>
        <LiveDot />
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          c="var(--text)"
          aria-label={`${i18n.language.toUpperCase()}, ${t("header.language")}`}
          onClick={() => setLanguage(other)}
        >
          {i18n.language.toUpperCase()}
        </Button>
        <ThemeSwitch />
        <UserMenu me={me} />
      </div>
    </header>
  );
}

function LiveDot() {
  const { t } = useTranslation();
  const freshness = useFreshness();
  const { fleet } = useFleet();
  return (
    <span className={styles.live} data-freshness={freshness} data-testid="live">
      <span className={styles.dot} aria-hidden="true" />
      <span role="status">{t(`live.${freshness}`)}</span>
      <span className={styles.seq} aria-hidden="true">
        #{fleet.seq}
      </span>
    </span>
  );
}

function ThemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const flip = (): void => setColorScheme(scheme === "dark" ? "light" : "dark");
  useKeys({ t: flip });
  return (
    <ActionIcon variant="subtle" color="gray" c="var(--text)" aria-label={t("header.theme")} onClick={flip}>
      {scheme === "dark" ? <IconSun size={17} stroke={1.6} /> : <IconMoon size={17} stroke={1.6} />}
    </ActionIcon>
  );
}

function UserMenu({ me }: { me: Me | null }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const router = useRouter();
  const leave = async (): Promise<void> => {
    await api.POST("/api/v1/logout");
    session.close();
    dock.set(EMPTY_DOCK); // the next one at this browser may not be allowed to read them
    cache.clear();
    cache.setQueryData(meQuery.queryKey, null);
    await router.invalidate();
  };
  return (
    <Menu position="bottom-end" width={180} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          c="var(--text)"
          leftSection={<IconUser size={16} stroke={1.6} />}
          aria-label={t("header.user", { name: me?.username ?? "" })}
        >
          {me?.username}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>
          {t("header.logout")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
