import { ActionIcon, Button, TextInput, Tooltip } from "@mantine/core";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Service } from "@/shared/api/types";
import { PlanDialog } from "@/shared/ui/PlanDialog";
import { changeOf } from "./queries";
import styles from "./Services.module.css";
import type { ServiceVerbs } from "./useServiceVerbs";

const MOST = 10_000;

/** How many should run: minus, a number, plus. Nothing is asked before Enter or the button. */
export function ScaleBox({ service, verbs }: { service: Service; verbs: ServiceVerbs }) {
  const { t } = useTranslation();
  // Null: nobody is at it, so that it shows what is wanted now.
  const [typed, setTyped] = useState<string | null>(null);
  const [plans, setPlans] = useState(false);
  const text = typed ?? String(service.mode === "global" ? service.desired_count : service.replicas);
  const wanted = /^\d+$/.test(text.trim()) ? Number(text) : null;
  const refusal = verbs.refusal("scale");
  const isChanged = typed !== null && wanted !== service.replicas;
  const error = wanted === null || wanted > MOST ? t("service.scaleRange", { most: MOST }) : undefined;
  const step = (by: number): void =>
    setTyped(String(Math.max(0, Math.min(MOST, (wanted ?? service.replicas) + by))));
  const apply = (): void => {
    if (refusal !== null || wanted === null || error !== undefined) return;
    if (isChanged) verbs.ask({ verb: "scale", replicas: wanted }, () => setTyped(null));
    else setTyped(null);
  };
  return (
    <>
      <Tooltip
        label={refusal ?? ""}
        disabled={refusal === null}
        events={{ hover: true, focus: true, touch: true }}
      >
        <form
          className={styles.scale}
          aria-label={t("serviceVerb.scale")}
          onKeyDown={(event) => {
            if (event.key !== "Escape" || typed === null) return;
            setTyped(null);
            event.preventDefault(); // it takes the number back, and leaves the page where it is
          }}
          onSubmit={(event) => {
            event.preventDefault();
            apply();
          }}
        >
          <Stepper text={text} error={error} isOff={refusal !== null} onType={setTyped} onStep={step} />
          {isChanged && refusal === null && (
            <>
              <Button size="xs" type="submit" loading={verbs.busy === "scale"} disabled={error !== undefined}>
                {t("service.scaleTo", { count: wanted ?? 0 })}
              </Button>
              <Button
                size="xs"
                variant="default"
                disabled={error !== undefined}
                onClick={() => setPlans(true)}
              >
                {t("plans.show")}
              </Button>
            </>
          )}
        </form>
      </Tooltip>
      {plans && wanted !== null && (
        <PlanDialog
          title={t("plans.scale", { name: service.name, count: wanted })}
          changes={[changeOf(service, "service.scale", { replicas: wanted })]}
          onClose={() => setPlans(false)}
          onApplied={() => {
            setPlans(false);
            setTyped(null);
            verbs.refresh();
          }}
        />
      )}
    </>
  );
}

interface StepperProps {
  text: string;
  error: string | undefined;
  isOff: boolean;
  onType: (text: string) => void;
  onStep: (by: number) => void;
}

/** Minus, a number, plus. */
function Stepper({ text, error, isOff, onType, onStep }: StepperProps) {
  const { t } = useTranslation();
  return (
    <>
      <StepButton label={t("service.fewer")} isOff={isOff} onClick={() => onStep(-1)}>
        <IconMinus size={14} />
      </StepButton>
      <TextInput
        size="xs"
        w={56}
        inputMode="numeric"
        aria-label={t("service.replicas")}
        value={text}
        error={error !== undefined}
        title={error}
        readOnly={isOff}
        onChange={(event) => onType(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowUp") onStep(1);
          else if (event.key === "ArrowDown") onStep(-1);
          else return;
          event.preventDefault();
        }}
      />
      <StepButton label={t("service.more")} isOff={isOff} onClick={() => onStep(1)}>
        <IconPlus size={14} />
      </StepButton>
    </>
  );
}

interface StepProps {
  label: string;
  isOff: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

function StepButton({ label, isOff, onClick, children }: StepProps) {
  return (
    <ActionIcon
      size={30}
      variant="default"
      aria-label={label}
      aria-disabled={isOff}
      data-disabled={isOff || undefined}
      onClick={() => {
        if (!isOff) onClick();
      }}
    >
      {children}
    </ActionIcon>
  );
}
