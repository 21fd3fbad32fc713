import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { Command } from "@/shared/ui/Command";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Verb } from "@/shared/ui/Verb";
import styles from "./Services.module.css";

export function CreateButton({ project }: { project: string }) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  const icon = <IconPlus size={15} />;
  const label = t("services.create");
  if (!mayOperate) {
    return <Verb label={label} icon={icon} refusal={t("refusal.viewer")} onClick={() => undefined} />;
  }
  return (
    <Button
      size="xs"
      leftSection={icon}
      renderRoot={(props) => <Link to={ROUTES.newService} params={{ project }} {...props} />}
    >
      {label}
    </Button>
  );
}

/** What a service is for, and both ways to the first one. */
export function NoServices({ project }: { project: string }) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  return (
    <EmptyState
      title={t("services.empty")}
      text={t(mayOperate ? "services.emptyText" : "services.emptyViewer")}
    >
      <div className={styles.ways}>
        <CreateButton project={project} />
        {mayOperate && (
          <div className={styles.byShell}>
            <p className="soft">{t("services.command")}</p>
            <Command path={`/projects/${project}/services`} wish={WEB} />
          </div>
        )}
      </div>
    </EmptyState>
  );
}

const WEB = { name: "web", replicas: 3, container: { image: "nginx:1.29" } };
