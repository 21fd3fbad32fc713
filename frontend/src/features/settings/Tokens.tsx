import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { showMoment } from "@/shared/lib/format";
import { Confirm } from "@/shared/ui/Confirm";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Panel } from "@/shared/ui/Panel";
import { SimpleTable } from "@/shared/ui/SimpleTable";
import { NewToken } from "./NewToken";
import { revokeToken, type Token, tokensQuery } from "./tokens";

/** One's own API tokens: made, shown once, revoked. */
export function Tokens() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(tokensQuery);
  const [leaving, setLeaving] = useState<Token | null>(null);
  return (
    <>
      <NewToken />
      <Panel title={t("tokens.title")} isFlush>
        {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data?.length === 0 && <EmptyState title={t("tokens.none")} text={t("tokens.noneText")} />}
        {data && data.length > 0 && <List tokens={data} onRevoke={setLeaving} />}
      </Panel>
      <Revoke token={leaving} onClose={() => setLeaving(null)} />
    </>
  );
}

function List({ tokens, onRevoke }: { tokens: readonly Token[]; onRevoke: (token: Token) => void }) {
  const { t } = useTranslation();
  const rows = tokens.map((token) => ({
    key: String(token.id),
    cells: [
      token.name,
      <span key="prefix" className="mono">
        {token.prefix}…
      </span>,
      t(`role.${token.role}`),
      token.project ?? t("tokens.anyProject"),
      showMoment(token.created_at),
      token.last_used_at === null ? t("tokens.never") : showMoment(token.last_used_at),
      token.expires_at === null ? t("tokens.never") : showMoment(token.expires_at),
      <Button
        key="revoke"
        size="compact-xs"
        variant="light"
        color="red"
        aria-label={t("tokens.revokeOne", { name: token.name })}
        onClick={() => onRevoke(token)}
      >
        {t("tokens.revoke")}
      </Button>,
    ],
  }));
  const heads = (["name", "prefix", "role", "project", "created", "used", "expires", "act"] as const).map(
    (name) => t(`tokens.column.${name}`),
  );
  return <SimpleTable label={t("tokens.title")} heads={heads} rows={rows} />;
}

function Revoke({ token, onClose }: { token: Token | null; onClose: () => void }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSuccess: onClose,
    onSettled: () => void cache.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  return (
    <Confirm
      isOpen={token !== null}
      title={t("tokens.revokeTitle", { name: token?.name ?? "" })}
      verb={t("tokens.revoke")}
      isBusy={revoke.isPending}
      onConfirm={() => token && revoke.mutate(token.id)}
      onClose={onClose}
    >
      <p>{t("tokens.revokeText")}</p>
      {revoke.error && <ErrorNote error={revoke.error} />}
    </Confirm>
  );
}
