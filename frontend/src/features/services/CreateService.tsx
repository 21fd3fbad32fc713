import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { newKey } from "@/shared/api/client";
import { RequestFailed } from "@/shared/api/problem";
import type { Service } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import type { Spec } from "@/shared/spec/draft";
import { useWriter } from "@/shared/spec/useWriter";
import type { WriteProps } from "./NewServicePage";
import { checkService, createService } from "./queries";
import { EMPTY_SERVICE, SERVICE_FORM } from "./serviceDraft";
import { ServiceWriter } from "./ServiceWriter";

/** A new service, as a form or as YAML, and the wish to have it. */
export default function CreateService({ project, mode, onMode }: WriteProps) {
  const { t } = useTranslation();
  const wish = useCreate(project);
  const writer = useWriter({
    ...{ kind: SERVICE_FORM, first: EMPTY_SERVICE, mode, onMode, wish },
    check: { key: ["service", project], ask: (spec) => checkService(project, spec) },
  });
  return <ServiceWriter title={t("services.create")} verb={t("services.createVerb")} writer={writer} />;
}

function useCreate(project: string) {
  const navigate = useNavigate();
  const key = useRef({ text: "", key: newKey() });
  return useMutation<Service, Error, Spec>({
    mutationFn: (spec) => {
      // The same spec after a silence is the same request; anything else is a new one.
      const sent = JSON.stringify(spec);
      if (key.current.text !== sent) key.current = { text: sent, key: newKey() };
      return createService(project, spec, key.current.key);
    },
    onSuccess: (made) => void navigate({ to: ROUTES.service, params: { project, id: made.id } }),
    onError: (error) => {
      if (error instanceof RequestFailed && error.isFinal) key.current = { text: "", key: newKey() };
    },
  });
}
