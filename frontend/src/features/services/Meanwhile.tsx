import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { Changes } from "./Changes";
import { diffSpecs } from "./diff";
import block from "@/shared/ui/Block.module.css";
import styles from "./Services.module.css";

interface Props {
  /** What the change was written on. */
  base: Service;
  newer: Service;
  onLoad: (service: Service) => void;
  onKeep: (service: Service) => void;
}

/** Somebody else was faster: what they changed, and the choice between theirs and one's own on top of it. */
export function Meanwhile({ base, newer, onLoad, onKeep }: Props) {
  const { t } = useTranslation();
  const changes = diffSpecs(base.spec, newer.spec);
  return (
    <section className={styles.note} role="alert" data-testid="meanwhile">
      <div className={block.parts}>
        <strong>{t("meanwhile.title", { name: newer.name })}</strong>
        {changes.length > 0 ? (
          <Changes label={t("meanwhile.changes")} changes={changes} />
        ) : (
          <p>{t("meanwhile.same")}</p>
        )}
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => onLoad(newer)}>
            {t("meanwhile.load")}
          </Button>
          <Button size="xs" variant="default" onClick={() => onKeep(newer)}>
            {t("meanwhile.keep")}
          </Button>
        </Group>
      </div>
    </section>
  );
}
