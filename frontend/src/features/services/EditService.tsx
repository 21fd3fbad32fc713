import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isStatus, RequestFailed } from "@/shared/api/problem";
import type { Service } from "@/shared/api/types";
import { ROUTES, type RunMode } from "@/shared/lib/paths";
import type { Spec } from "@/shared/spec/draft";
import { useWriter } from "@/shared/spec/useWriter";
import { diffSpecs } from "./diff";
import { Meanwhile } from "./Meanwhile";
import { PlanDialog } from "@/shared/ui/PlanDialog";
import { changeOf, checkService, readService, saveService } from "./queries";
import { Review } from "./Review";
import { SERVICE_FORM } from "./serviceDraft";
import { ServiceWriter } from "./ServiceWriter";

interface Props {
  /** How it stood when somebody began to change it. */
  first: Service;
  mode: RunMode;
  onMode: (mode: RunMode) => void;
  /** Begin anew from this one. */
  onLoad: (service: Service) => void;
}

/** A change of a service: written, looked at as a difference, and only then asked for. */
export default function EditService({ first, mode, onMode, onLoad }: Props) {
  const { t } = useTranslation();
  const { project, id } = first;
  // What the change is laid over: another one when somebody else was faster, and that was seen.
  const [base, setBase] = useState(first);
  const [reviewed, setReviewed] = useState<Spec | null>(null);
  const [planned, setPlanned] = useState<Spec | null>(null);
  const save = useSave(base, () => setReviewed(null));
  const [draft] = useState(() => SERVICE_FORM.fromSpec(first.spec as Spec));
  const { error } = save;
  const writer = useWriter({
    ...{ kind: SERVICE_FORM, first: draft, mode, onMode },
    check: { key: ["service", project, id], ask: (spec) => checkChange(project, spec) },
    wish: {
      variables: save.variables,
      error: isStatus(error, 412) ? null : error,
      isPending: save.isPending,
      mutate: setReviewed,
    },
  });
  return (
    <>
      <ServiceWriter
        title={t("services.edit", { name: first.name })}
        verb={t("services.review")}
        writer={writer}
        isKnown
      >
        {save.newer && (
          <Meanwhile
            base={base}
            newer={save.newer}
            onLoad={onLoad}
            onKeep={(theirs) => {
              setBase(theirs);
              save.reset();
            }}
          />
        )}
      </ServiceWriter>
      {planned !== null && (
        <PlanDialog
          title={t("plans.update", { name: base.name })}
          changes={[changeOf(base, "service.update", planned)]}
          onClose={() => setPlanned(null)}
          onApplied={save.done}
        />
      )}
      {reviewed !== null && planned === null && (
        <Review
          service={base}
          changes={changesOf(base, reviewed)}
          isBusy={save.isPending}
          onSave={() => save.mutate(reviewed)}
          onPlan={() => setPlanned(reviewed)}
          onClose={() => setReviewed(null)}
        />
      )}
    </>
  );
}

/** Both as the form would write them, so that only what means something else is shown. */
function changesOf(base: Service, spec: Spec) {
  const plain = (one: Spec): Spec => SERVICE_FORM.toSpec(SERVICE_FORM.fromSpec(one));
  return diffSpecs(plain(base.spec), plain(spec));
}

/** Its own name is taken, by itself: all else that creating it would be refused with is wrong here too. */
async function checkChange(project: string, spec: Spec): Promise<void> {
  try {
    await checkService(project, spec);
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.code !== "name-taken") throw error;
  }
}

function useSave(base: Service, onSettled: () => void) {
  const navigate = useNavigate();
  const { project, id } = base;
  const [newer, setNewer] = useState<Service | null>(null);
  const done = (): void => void navigate({ to: ROUTES.service, params: { project, id } });
  const save = useMutation<Service, Error, Spec>({
    mutationFn: (spec) => saveService(base, spec, base.generation),
    onSuccess: done,
    onError: async (error) => {
      if (isStatus(error, 412)) setNewer(await readService(base));
    },
    onSettled,
  });
  const reset = (): void => {
    setNewer(null);
    save.reset();
  };
  return { ...save, newer, reset, done };
}
