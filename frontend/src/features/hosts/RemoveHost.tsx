import { Checkbox } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "@/shared/api/problem";
import { hostsQuery } from "@/shared/api/queries";
import type { Host } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { useProject } from "@/shared/lib/project";
import { Confirm } from "@/shared/ui/Confirm";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { notify } from "@/shared/ui/notify";
import block from "@/shared/ui/Block.module.css";
import styles from "./HostPage.module.css";
import { removeHost } from "./queries";

/** Forgets a host that holds nothing any more; what still stands in the way is said, with the way there. */
export function RemoveHost({ host, onClose }: { host: Host; onClose: () => void }) {
  const { t } = useTranslation();
  const project = useProject();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [forget, setForget] = useState(false);
  const remove = useMutation({
    mutationFn: () => removeHost(host, forget),
    onSuccess: () => {
      notify({ message: t("hosts.removed", { name: host.name }) });
      void cache.invalidateQueries({ queryKey: hostsQuery.queryKey });
      void navigate({ to: ROUTES.hosts });
    },
  });
  const holdsVolumes = remove.error instanceof RequestFailed && remove.error.code === "host-holds-volumes";
  return (
    <Confirm
      isOpen
      title={t("hosts.removeTitle", { name: host.name })}
      verb={t("hosts.removeVerb")}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <div className={block.parts}>
        <p>{t("hosts.removeText")}</p>
        {host.containers > 0 && (
          <div className={styles.refusal} role="note">
            {t("hosts.removeBlocked", { count: host.containers })}{" "}
            <Link to={ROUTES.containers} params={{ project }} search={{ q: `host:${host.name}` }}>
              {t("hosts.showThem")}
            </Link>
          </div>
        )}
        {remove.error && <ErrorNote error={remove.error} />}
        {(holdsVolumes || forget) && (
          <Checkbox
            size="xs"
            label={t("hosts.forgetVolumes")}
            checked={forget}
            onChange={(event) => setForget(event.currentTarget.checked)}
          />
        )}
      </div>
    </Confirm>
  );
}
