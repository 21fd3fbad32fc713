import { useTranslation } from "react-i18next";
import { useFleet, useFreshness } from "@/shared/live/hooks";
import { Facts } from "@/shared/ui/Facts";
import { Panel } from "@/shared/ui/Panel";

export function About() {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const freshness = useFreshness();
  const mono = (text: string): React.ReactNode => <span className="mono">{text}</span>;
  return (
    <Panel title={t("settings.tab.about")}>
      <Facts
        rows={[
          ["Orchestra", t("settings.what")],
          [t("settings.address"), mono(window.location.origin)],
          [
            t("settings.api"),
            <a key="api" className="mono" href="/api/v1/schema/">
              /api/v1/schema/
            </a>,
          ],
          [t("settings.feed"), mono(`${t(`live.${freshness}`)} · ${fleet.epoch ?? "–"} · #${fleet.seq}`)],
        ]}
      />
    </Panel>
  );
}
