import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useRights } from "@/shared/lib/roles";
import { useFleet, useFreshness } from "@/shared/live/hooks";
import { Facts } from "@/shared/ui/Facts";
import { Panel } from "@/shared/ui/Panel";
import { license, version } from "../../../package.json";
import { platformQuery } from "./platform";

/** What this is, in which versions, under which licence. */
export function About() {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const { isAdmin } = useRights("");
  const { data } = useQuery({ ...platformQuery, enabled: isAdmin, refetchInterval: false });
  const freshness = useFreshness();
  const mono = (text: string): React.ReactNode => <span className="mono">{text}</span>;
  const server = data && [
    [t("settings.server"), mono(data.version)] as const,
    ["PostgreSQL", mono(data.database.version)] as const,
    ["Python · Django", mono(`${data.web.python} · ${data.web.django}`)] as const,
  ];
  return (
    <Panel title={t("settings.tab.about")}>
      <Facts
        rows={[
          ["Orchestra", t("settings.what")],
          [t("settings.console"), mono(version)],
          ...(server ?? []),
          [t("settings.licence"), license === "Apache-2.0" ? "Apache License 2.0" : license],
          [t("settings.address"), mono(window.location.origin)],
          [
            t("settings.api"),
            <span key="api" className="mono">
              <a href="/api/v1/schema/docs/">/api/v1/schema/docs/</a> ·{" "}
              <a href="/api/v1/schema/">/api/v1/schema/</a>
            </span>,
          ],
          [t("settings.feed"), mono(`${t(`live.${freshness}`)} · ${fleet.epoch ?? "–"} · #${fleet.seq}`)],
        ]}
      />
    </Panel>
  );
}
