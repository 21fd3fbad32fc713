import { useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { isStatus } from "@/shared/api/problem";
import type { Service } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { useRights } from "@/shared/lib/roles";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorNote } from "@/shared/ui/ErrorNote";
import { Loading } from "@/shared/ui/Loading";
import { Crumb, Page } from "@/shared/ui/Page";
import { NotYours, type WriteProps } from "./NewServicePage";
import { readService, serviceKey } from "./queries";
import { lazyPart } from "@/shared/lib/lazyPart";

const EditService = lazyPart(() => import("./EditService"));

interface Props extends WriteProps {
  id: string;
}

/** Changes a service from how it stood when the page was opened; what others change meanwhile is told on saving. */
export function EditServicePage({ project, id, mode, onMode }: Props) {
  const { t } = useTranslation();
  const { mayOperate } = useRights(project);
  const { data, error, refetch } = useQuery({
    queryKey: [...serviceKey({ project, id }), "edited"],
    queryFn: () => readService({ project, id }),
    enabled: mayOperate,
    // Nothing is laid over what somebody types.
    staleTime: Infinity,
    gcTime: 0,
  });
  const [loaded, setLoaded] = useState<Service | null>(null);
  const first = loaded ?? data;
  if (!mayOperate) return <NotYours />;
  return (
    <Page>
      <Crumb to={ROUTES.service} params={{ project, id }}>
        {first?.name ?? t("services.title")}
      </Crumb>
      {first && (
        <Suspense fallback={<Loading lines={[40, 60, 30]} />}>
          <EditService key={first.generation} first={first} mode={mode} onMode={onMode} onLoad={setLoaded} />
        </Suspense>
      )}
      {!first && !error && <Loading lines={[30, 70, 90]} />}
      {!first && error && isStatus(error, 404) && (
        <EmptyState isPage title={t("service.missing")} text={t("service.missingText")} />
      )}
      {!first && error && !isStatus(error, 404) && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}
