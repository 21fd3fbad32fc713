import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { lazyPart } from "@/shared/lib/lazyPart";
import { PLACEMENT_TABS, type PlacementTab } from "@/shared/lib/paths";
import { Page, PageHead } from "@/shared/ui/Page";
import { PageTabs } from "@/shared/ui/PageTabs";
import styles from "./Placement.module.css";
import type { PlacementSearch } from "./search";

const Simulate = lazyPart(async () => ({ default: (await import("./SimulateTab")).SimulateTab }));
const Loss = lazyPart(async () => ({ default: (await import("./LossTab")).LossTab }));
const Rebalance = lazyPart(async () => ({ default: (await import("./RebalanceTab")).RebalanceTab }));
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
    rebalance: () => <Rebalance key={project} project={project} search={search} onSearch={onSearch} />,
    policies: () => (
      <Policies project={project} open={search.edit} onOpen={(edit) => onSearch({ ...search, edit })} />
    ),
  };
  return (
    <Page>
      <PageHead title={t("nav.placement")} />
      <PageTabs
        tabs={PLACEMENT_TABS}
        value={search.tab ?? "simulate"}
        onTab={(tab) => onSearch({ ...search, tab })}
        label={(one) => t(`placement.tab.${one}`)}
        body={body}
        className={styles.tab}
      />
    </Page>
  );
}
