import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, body } from "../api/client";
import { ROUTES } from "../lib/paths";
import { useRights } from "../lib/roles";
import { useFleet } from "../live/hooks";
import { Command } from "./Command";
import styles from "./EmptyState.module.css";
import { ErrorNote } from "./ErrorNote";
import { Verb } from "./Verb";

/** The way in: add a host, run something, see why it runs there. What is done is ticked, what comes next is open. */
export function FirstSteps({ project }: { project: string }) {
  const { t } = useTranslation();
  const { fleet } = useFleet();
  const hosts = fleet.hosts.count;
  return (
    <ol className={styles.steps} aria-label={t("steps.title")}>
      <li data-done={hosts > 0}>
        <strong>{t("steps.host")}</strong>
        {hosts > 0 ? <p className="soft">✓ {t("steps.hostsThere", { count: hosts })}</p> : <AddHostStep />}
      </li>
      <li data-open={hosts > 0}>
        <strong>{t("steps.run")}</strong>
        <p className="soft">{t("steps.runText")}</p>
        {hosts > 0 && <RunStep project={project} />}
      </li>
      <li>
        <strong>{t("steps.why")}</strong>
        <p className="soft">{t("steps.whyText")}</p>
      </li>
    </ol>
  );
}

function AddHostStep() {
  const { t } = useTranslation();
  const { isAdmin } = useRights("");
  const navigate = useNavigate();
  return (
    <>
      <p className="soft">
        {t("steps.hostText")} {t("steps.hostNext")}
      </p>
      <Verb
        label={t("hosts.add")}
        refusal={isAdmin ? null : t("refusal.notAdmin")}
        onClick={() => void navigate({ to: ROUTES.hosts, search: { add: true } })}
      />
      {isAdmin && (
        <>
          <p className="soft">{t("steps.command")}</p>
          <Command path="/hosts" wish={LOCAL} />
        </>
      )}
    </>
  );
}

/** The engine of the machine that Orchestra runs on. */
const LOCAL = { name: "local", url: "unix:///var/run/docker.sock" };

function RunStep({ project }: { project: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { mayOperate } = useRights(project);
  const refusal = mayOperate ? null : t("refusal.viewer");
  const demo = useMutation({
    mutationFn: async () =>
      body(await api.POST("/api/v1/projects/{project}/demo", { params: { path: { project } } })),
    onSuccess: (made) => void navigate({ to: ROUTES.container, params: { project, id: made.slot } }),
  });
  return (
    <>
      <div className={styles.actions}>
        <Verb
          label={t("steps.demo")}
          refusal={refusal}
          isBusy={demo.isPending}
          onClick={() => demo.mutate()}
        />
        {mayOperate && (
          <Button
            size="xs"
            variant="default"
            renderRoot={(props) => <Link to={ROUTES.run} params={{ project }} {...props} />}
          >
            {t("containers.run")}
          </Button>
        )}
      </div>
      {demo.error && <ErrorNote error={demo.error} />}
    </>
  );
}
