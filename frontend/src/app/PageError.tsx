import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Page } from "@/shared/ui/Page";

export function PageError({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Page>
      <ErrorNote
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={() => void router.invalidate()}
      />
    </Page>
  );
}

/** Before it is known who looks, there is no page: at least that is said. */
export function Asking() {
  const { t } = useTranslation();
  return (
    <p className="soft" role="status" style={{ padding: 16 }}>
      {t("common.asking")}
    </p>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main>
      <EmptyState isPage title={t("error.noPage")} text={t("error.noPageText")}>
        <Button size="xs" variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
          {t("error.home")}
        </Button>
      </EmptyState>
    </main>
  );
}
