import { Button } from "@mantine/core";
import {
  IconArrowBackUp,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconTrash,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { ROUTES } from "@/shared/lib/paths";
import { PageHead } from "@/shared/ui/Page";
import { Said } from "@/shared/ui/Said";
import { ServiceStatus } from "@/shared/ui/Status";
import { Verb } from "@/shared/ui/Verb";
import { RemoveService } from "./RemoveService";
import { RollBack } from "./RollBack";
import { ScaleBox } from "./ScaleBox";
import { underWay } from "./rules";
import styles from "./Services.module.css";
import { type ServiceVerbs, useServiceVerbs } from "./useServiceVerbs";
import { outcomeOf, sentenceOf } from "./words";

const ICON = { size: 15, stroke: 1.7 } as const;

/** Name, state in one word and in one sentence, and all that can be done with it. */
export function ServiceHead({ service }: { service: Service }) {
  const { t } = useTranslation();
  const verbs = useServiceVerbs(service);
  const sentence = sentenceOf(service, t);
  const outcome = outcomeOf(service);
  const isRolling = underWay(service.rollout?.status) !== "";
  const isBad = service.state === "failed" || service.state === "degraded";
  return (
    <>
      <PageHead title={service.name} isMono actions={<Verbs service={service} verbs={verbs} />}>
        <ServiceStatus state={service.state} />
        <span className={styles.ready} data-short={service.ready < service.desired_count}>
          {t(isRolling ? "service.readyMixed" : "service.readyOf", {
            ready: service.ready,
            count: service.desired_count,
          })}
        </span>
        <span className="mono soft">
          {service.revision.image} · r{service.revision.number}
        </span>
      </PageHead>
      <div className={styles.sentence} data-bad={isBad} data-testid="service-state">
        {sentence}
        {outcome !== "" && <span className="soft">{outcome}</span>}
      </div>
      <Said text={sentence} />
    </>
  );
}

function Verbs({ service, verbs }: { service: Service; verbs: ServiceVerbs }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<"back" | "remove" | null>(null);
  const close = (): void => setOpen(null);
  const isResting = service.paused || service.rollout?.status === "paused";
  const rest = isResting ? "resume" : "pause";
  return (
    <>
      <ScaleBox service={service} verbs={verbs} />
      <Verb
        label={t("serviceVerb.restart")}
        icon={<IconRefresh {...ICON} />}
        refusal={verbs.refusal("restart")}
        isBusy={verbs.busy === "restart"}
        isDestructive
        onClick={() => verbs.ask({ verb: "restart" })}
      />
      <Verb
        label={t(`serviceVerb.${rest}`)}
        icon={isResting ? <IconPlayerPlay {...ICON} /> : <IconPlayerPause {...ICON} />}
        refusal={verbs.refusal(rest)}
        isBusy={verbs.busy === rest}
        onClick={() => verbs.ask({ verb: rest })}
      />
      <Verb
        label={`${t("serviceVerb.roll-back")}…`}
        icon={<IconArrowBackUp {...ICON} />}
        refusal={verbs.refusal("roll-back")}
        onClick={() => setOpen("back")}
      />
      <Edit service={service} refusal={verbs.refusal("update")} />
      <Verb
        label={`${t("serviceVerb.remove")}…`}
        icon={<IconTrash {...ICON} />}
        refusal={verbs.refusal("remove")}
        isDanger
        onClick={() => setOpen("remove")}
      />
      {open === "back" && <RollBack service={service} onClose={close} />}
      {open === "remove" && <RemoveService service={service} onClose={close} />}
    </>
  );
}

function Edit({ service, refusal }: { service: Service; refusal: string | null }) {
  const { t } = useTranslation();
  const label = t("serviceVerb.update");
  const icon = <IconPencil {...ICON} />;
  if (refusal !== null) return <Verb label={label} icon={icon} refusal={refusal} onClick={() => undefined} />;
  const params = { project: service.project, id: service.id };
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={icon}
      renderRoot={(props) => <Link to={ROUTES.editService} params={params} {...props} />}
    >
      {label}
    </Button>
  );
}
