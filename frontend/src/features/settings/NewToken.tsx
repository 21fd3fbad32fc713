import { Button, CopyButton, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { meQuery } from "@/shared/api/queries";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Panel } from "@/shared/ui/Panel";
import styles from "./Settings.module.css";
import { makeToken, type Role, tokensQuery } from "./tokens";

const DAYS = [7, 30, 90, 365];
const MEMBER_ROLES: readonly Role[] = ["viewer", "operator", "owner"];

export function NewToken() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [project, setProject] = useState("");
  const [days, setDays] = useState("90");
  const make = useMutation({
    mutationFn: makeToken,
    onSuccess: () => setName(""),
    onSettled: () => void cache.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    make.mutate({ name, role, project: project || null, expires_in_days: days === "" ? null : Number(days) });
  };
  const roles = me?.is_admin === true ? [...MEMBER_ROLES, "admin" as const] : MEMBER_ROLES;
  return (
    <Panel title={t("tokens.new")} note={t("tokens.newNote")}>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          size="xs"
          label={t("tokens.column.name")}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label={t("tokens.column.role")}
          value={role}
          data={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
          onChange={(event) => setRole(roles.find((one) => one === event.currentTarget.value) ?? "viewer")}
        />
        <NativeSelect
          size="xs"
          label={t("tokens.column.project")}
          value={project}
          data={[
            { value: "", label: t("tokens.anyProject") },
            ...(me?.projects ?? []).map((one) => ({ value: one.name, label: one.name })),
          ]}
          onChange={(event) => setProject(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label={t("tokens.column.expires")}
          value={days}
          data={[
            ...DAYS.map((count) => ({ value: String(count), label: t("tokens.days", { count }) })),
            { value: "", label: t("tokens.never") },
          ]}
          onChange={(event) => setDays(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" loading={make.isPending}>
          {t("tokens.make")}
        </Button>
      </form>
      {make.error && <ErrorNote error={make.error} />}
      {make.data && (
        <Secret key={make.data.id} name={make.data.name} text={make.data.token} onDone={make.reset} />
      )}
    </Panel>
  );
}

/** Shown this once: it is kept nowhere, and gone with a click or the page. */
function Secret({ name, text, onDone }: { name: string; text: string; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.secret} role="status">
      <span>{t("tokens.once", { name })}</span>
      <code data-testid="token">{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy}>
            {t(copied ? "tokens.copied" : "tokens.copy")}
          </Button>
        )}
      </CopyButton>
      <Button size="compact-xs" variant="default" onClick={onDone}>
        {t("common.close")}
      </Button>
    </div>
  );
}
