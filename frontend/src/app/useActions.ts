/** What the palette can do besides opening something that was found: pages and small acts, each with its key. */
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Me } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { setLanguage } from "./i18n";
import { PAGES } from "./pages";
import { useProjectSwitch } from "./useProjectSwitch";

export interface Action {
  id: string;
  label: string;
  keys?: string;
  act: () => void;
}

export function useActions(project: string, me: Me | null, onHelp: () => void): Action[] {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const change = useProjectSwitch(project);
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  return [
    ...PAGES.map(({ id, to, keys }) => ({
      id,
      label: t(`nav.${id}`),
      keys,
      act: () => void navigate({ to, params: { project } }),
    })),
    {
      id: "add-host",
      label: t("hosts.add"),
      act: () => void navigate({ to: ROUTES.hosts, search: { add: true } }),
    },
    {
      id: "new-service",
      label: t("services.create"),
      act: () => void navigate({ to: ROUTES.newService, params: { project } }),
    },
    {
      id: "rebalance",
      label: t("rebalance.palette"),
      act: () => void navigate({ to: ROUTES.placement, search: { tab: "rebalance" } }),
    },
    {
      id: "theme",
      label: t("header.theme"),
      keys: "t",
      act: () => setColorScheme(scheme === "dark" ? "light" : "dark"),
    },
    {
      id: "language",
      label: t("header.language"),
      act: () => setLanguage(i18n.language === "de" ? "en" : "de"),
    },
    ...(me?.projects ?? [])
      .filter((one) => one.name !== project)
      .map(({ name }) => ({
        id: `project-${name}`,
        label: t("palette.project", { name }),
        act: () => change(name),
      })),
    { id: "help", label: t("help.title"), keys: "?", act: onHelp },
  ];
}
