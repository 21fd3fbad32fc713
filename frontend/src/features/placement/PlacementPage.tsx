import { Tabs } from "@mantine/core";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "@/shared/lib/lazyPart";
import { PLACEMENT_TABS, type PlacementTab } from "@/shared/lib/paths";
import { Loading } from "@/shared/ui/Loading";
import { Page, PageHead } from "@/shared/ui/Page";
import { PanelBoundary } from "@/shared/ui/PanelBoundary";
import styles from "./Placement.module.css";
import type { PlacementSearch } from "./search";

const Simulate = lazyPart(async () => ({ default: (await import("./SimulateTab")).SimulateTab }));
const Loss = lazyPart(async () => ({ default: (await import("./LossTab")).LossTab }));
const Policies = lazyPart(async () => ({ default: (await import("./PoliciesTab")).PoliciesTab }));

interface Props {
  project: string;
  search: PlacementSearch;
  onSearch: (search: PlacementSearch) => void;
}

/** What would be, before anybody asks for it: more containers, a host less; and what hosts are weighed by. */
export function PlacementPage({ project, search, onSearch }: Props) {
  const { t } = useTranslation();
  const body: Record<PlacementTab, () => ReactNode> = {
    simulate: () => <Simulate project={project} search={search} onSearch={onSearch} />,
    loss: () => (
      <Loss
        label={search.label ?? ""}
        onLabel={(label) => onSearch({ ...search, label: label === "" ? undefined : label })}
      />
    ),
    policies: () => (
      <Policies project={project} open={search.edit} onOpen={(edit) => onSearch({ ...search, edit })} />
    ),
  };
  return (
    <Page>
      <PageHead title={t("nav.placement")} />
      <Tabs
        value={search.tab ?? "simulate"}
        onChange={(value) => onSearch({ ...search, tab: PLACEMENT_TABS.find((one) => one === value) })}
        keepMounted={false}
      >
        <Tabs.List>
          {PLACEMENT_TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`placement.tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {PLACEMENT_TABS.map((one) => (
          <Tabs.Panel key={one} value={one} className={styles.tab}>
            <PanelBoundary>
              <Suspense fallback={<Loading />}>{body[one]()}</Suspense>
            </PanelBoundary>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
