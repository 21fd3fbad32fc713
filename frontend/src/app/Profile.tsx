import { SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { meQuery } from "@/shared/api/queries";
import { Facts } from "@/shared/ui/Facts";
import { Panel } from "@/shared/ui/Panel";
import { LANGUAGES, setLanguage } from "./i18n";

const SCHEMES = ["auto", "dark", "light"] as const;
const LANGUAGE_NAMES = { en: "English", de: "Deutsch" } as const;

/** Who is logged in and what they may do; how the console looks to them in this browser. */
export function Profile() {
  const { t, i18n } = useTranslation();
  const { data: me } = useQuery(meQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const roles = (me?.projects ?? []).map((one) => `${one.name}: ${t(`role.${one.role}`)}`);
  return (
    <Panel title={t("settings.tab.profile")}>
      <Facts
        rows={[
          [t("account.username"), <strong key="me">{me?.username}</strong>],
          [t("settings.rights"), me?.is_admin === true ? t("settings.admin") : roles.join(", ") || "–"],
          [
            t("settings.theme"),
            <SegmentedControl
              key="theme"
              size="xs"
              aria-label={t("settings.theme")}
              value={colorScheme}
              data={SCHEMES.map((value) => ({ value, label: t(`settings.scheme.${value}`) }))}
              onChange={(value) => setColorScheme(SCHEMES.find((one) => one === value) ?? "auto")}
            />,
          ],
          [
            t("settings.language"),
            <SegmentedControl
              key="language"
              size="xs"
              aria-label={t("settings.language")}
              value={i18n.language}
              data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
              onChange={(value) => setLanguage(value === "de" ? "de" : "en")}
            />,
          ],
        ]}
      />
    </Panel>
  );
}
