import { Button, Combobox, useCombobox } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { meQuery } from "@/shared/api/queries";
import type { Me } from "@/shared/api/types";
import styles from "./Shell.module.css";
import { useProjectSwitch } from "./useProjectSwitch";

const MANY = 8;

/** The project that everything shows: those that one has a role in, and all of them for a platform admin. */
export function ProjectSwitch({ project, me }: { project: string; me: Me | null }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const cache = useQueryClient();
  const change = useProjectSwitch(project);
  const box = useCombobox({
    onDropdownOpen: () => {
      setSearch("");
      // Somebody may have made one, or given a role, a moment ago.
      void cache.invalidateQueries({ queryKey: meQuery.queryKey });
      box.selectActiveOption();
    },
    onDropdownClose: () => box.resetSelectedOption(),
  });
  const all = me?.projects ?? [];
  const shown = all.filter((one) => one.name.includes(search.trim().toLowerCase()));
  return (
    <Combobox
      store={box}
      width={260}
      position="bottom-start"
      withinPortal={false}
      onOptionSubmit={(name) => {
        box.closeDropdown();
        change(name);
      }}
    >
      <Combobox.Target targetType="button">
        <Button
          size="compact-sm"
          variant="default"
          className={styles.project}
          rightSection={<IconSelector size={14} aria-hidden />}
          aria-label={t("header.projectIs", { name: project })}
          onClick={() => box.toggleDropdown()}
        >
          {project}
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        {all.length > MANY && (
          <Combobox.Search
            value={search}
            aria-label={t("header.findProject")}
            placeholder={t("header.findProject")}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        <Combobox.Options aria-label={t("header.project")} mah={320} style={{ overflowY: "auto" }}>
          {shown.map((one) => (
            <Combobox.Option key={one.name} value={one.name} active={one.name === project}>
              <span className={styles.projectRow}>
                <span className="truncate">{one.name}</span>
                <span className="soft">{t(`role.${one.role}`)}</span>
                {one.name === project && <IconCheck size={14} aria-label={t("header.shown")} />}
              </span>
            </Combobox.Option>
          ))}
          {shown.length === 0 && <Combobox.Empty>{t("header.noProject")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
