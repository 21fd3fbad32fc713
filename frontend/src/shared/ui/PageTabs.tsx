import { Tabs } from "@mantine/core";
import { type ReactNode, Suspense } from "react";
import { Loading } from "./Loading";
import { PanelBoundary } from "./PanelBoundary";

interface Props<Tab extends string> {
  tabs: readonly Tab[];
  value: Tab;
  onTab: (tab: Tab) => void;
  label: (tab: Tab) => string;
  /** What each shows; only the chosen one is made, and loaded when it is a part of its own. */
  body: Readonly<Record<Tab, () => ReactNode>>;
  /** Of the part below the tabs. */
  className?: string | undefined;
}

/** A page in parts, of which the address names one. A part that fails leaves the others. */
export function PageTabs<Tab extends string>({ tabs, value, onTab, label, body, className }: Props<Tab>) {
  return (
    <Tabs
      value={value}
      onChange={(chosen) => {
        const tab = tabs.find((one) => one === chosen);
        if (tab !== undefined) onTab(tab);
      }}
      keepMounted={false}
    >
      <Tabs.List>
        {tabs.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {label(one)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((one) => (
        <Tabs.Panel key={one} value={one} className={className}>
          <PanelBoundary>
            <Suspense fallback={<Loading />}>{body[one]()}</Suspense>
          </PanelBoundary>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
