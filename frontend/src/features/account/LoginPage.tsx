import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "@/shared/api/client";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Card } from "./Card";
import styles from "./Card.module.css";
import { useEntry } from "./useEntry";

/** Only addresses inside the console may be gone to after the login. */
function inside(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}

export function LoginPage({ next }: { next: string | undefined }) {
  const { t } = useTranslation();
  const router = useRouter();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const entry = useEntry(
    async () => body(await api.POST("/api/v1/login", { body: { username, password } })),
    () => router.history.push(inside(next)),
  );
  return (
    <Card title={t("account.login")}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          entry.mutate();
        }}
      >
        <TextInput
          label={t("account.username")}
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("account.password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {entry.error && <ErrorNote error={entry.error} />}
        <Button type="submit" loading={entry.isPending}>
          {t("account.loginVerb")}
        </Button>
      </form>
    </Card>
  );
}
