import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, body } from "@/shared/api/client";
import type { RequestFailed } from "@/shared/api/problem";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Card } from "./Card";
import styles from "./Card.module.css";
import { useEntry } from "./useEntry";

function fieldError(error: RequestFailed | null, pointer: string): string | undefined {
  return error?.fields.find((field) => field.pointer === pointer)?.message;
}

/** The link that `make up` prints leads here; its one-time token stands in the fragment and never reaches a log. */
export function FirstAdminPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get("token") ?? "");
  const [username, setUsername] = useState("admin");
  const [password, setPassword] = useState("");
  const entry = useEntry(
    async () => body(await api.POST("/api/v1/first-admin", { body: { token, username, password } })),
    () => router.history.replace("/"),
  );
  const error = entry.error;
  const hasFieldError = ["/username", "/password"].some(
    (pointer) => fieldError(error, pointer) !== undefined,
  );
  if (token === "")
    return <Card title={t("account.firstTitle")} text={t("account.noToken")} children={null} />;
  return (
    <Card title={t("account.firstTitle")} text={t("account.firstText")}>
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
          required
          withAsterisk={false}
          value={username}
          error={fieldError(error, "/username")}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("account.newPassword")}
          autoComplete="new-password"
          autoFocus
          required
          withAsterisk={false}
          value={password}
          error={fieldError(error, "/password")}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {error && !hasFieldError && <ErrorNote error={error} />}
        <Button type="submit" loading={entry.isPending}>
          {t("account.firstVerb")}
        </Button>
      </form>
    </Card>
  );
}
