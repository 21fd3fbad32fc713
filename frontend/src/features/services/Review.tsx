import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Service, SpecChange } from "@/shared/api/types";
import { Dialog } from "@/shared/ui/Dialog";
import { Changes } from "./Changes";
import { makesRevision } from "./diff";
import block from "@/shared/ui/Block.module.css";

interface Props {
  service: Service;
  changes: readonly SpecChange[];
  isBusy: boolean;
  onSave: () => void;
  onPlan: () => void;
  onClose: () => void;
}

/** What a change would do, before it does: the difference, and whether containers are replaced for it. */
export function Review({ service, changes, isBusy, onSave, onPlan, onClose }: Props) {
  const { t } = useTranslation();
  const { batch } = service.update;
  const follows = makesRevision(changes)
    ? t("review.revision", { number: service.revision.number, count: service.desired_count, batch })
    : t("review.noRevision");
  return (
    <Dialog isOpen onClose={onClose} title={t("review.title", { name: service.name })} size="lg">
      <div className={block.parts}>
        <Changes label={t("review.changes")} changes={changes} />
        {changes.length > 0 && <p data-testid="follows">{follows}</p>}
        <Group justify="flex-end">
          <Button size="xs" variant="default" onClick={onClose}>
            {t("review.back")}
          </Button>
          <Button size="xs" variant="default" disabled={changes.length === 0} onClick={onPlan}>
            {t("plans.show")}
          </Button>
          <Button
            size="xs"
            disabled={changes.length === 0}
            loading={isBusy}
            onClick={onSave}
            data-autofocus={changes.length > 0 || undefined}
          >
            {t("review.save")}
          </Button>
        </Group>
      </div>
    </Dialog>
  );
}
