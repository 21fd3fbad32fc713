import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { policiesQuery } from "../api/policies";
import { escapePointer } from "./errors";
import { type FieldsProps, place, textField } from "./fields";
import { Pairs } from "./Pairs";
import { NO_RULE } from "./placementDraft";
import { Rows } from "./Rows";
import styles from "./Spec.module.css";

/** Where it may run, beside whom, by which policy, and who goes first. */
export function PlacementFields(props: FieldsProps) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  const { data: policies = [] } = useQuery(policiesQuery);
  const amounts = (name: "max_per" | "needs", words: { name: string; value: string }) => (
    <div className={styles.wide}>
      <Pairs
        legend={t(`run.${name}`)}
        add={t(`run.add_${name}`)}
        rows={draft[name]}
        words={words}
        pointers={(pair) => [`/${name}/${escapePointer(pair.name.trim())}`, null]}
        of={props}
        onChange={(rows) => onChange({ ...draft, [name]: rows })}
      />
    </div>
  );
  return (
    <div className={styles.grid}>
      <TextInput
        label={t("run.constraints")}
        description={t("run.constraintsHint")}
        placeholder="zone=fra disk!=hdd gpu"
        {...textField(props, "constraints")}
      />
      <TextInput
        label={t("run.tolerations")}
        description={t("run.tolerationsHint")}
        placeholder="dedicated=ml spot"
        {...textField(props, "tolerations")}
      />
      <TextInput
        label={t("run.policy")}
        description={t("run.policyHint")}
        placeholder="spread"
        list="spec-policies"
        {...textField(props, "placement_policy")}
      />
      <datalist id="spec-policies">
        {policies.map((one) => (
          <option key={one.name} value={one.name}>
            {one.description}
          </option>
        ))}
      </datalist>
      <TextInput
        label={t("run.priority")}
        description={t("run.priorityHint")}
        placeholder="0"
        {...textField(props, "priority")}
      />
      <div className={styles.wide}>
        <Company {...props} />
      </div>
      {amounts("max_per", { name: t("run.perWhat"), value: t("run.perMost") })}
      {amounts("needs", { name: t("run.needsWhat"), value: t("run.needsMany") })}
    </div>
  );
}

/** Rules about other containers: beside them or apart, and whether that must hold. */
function Company(props: FieldsProps) {
  const { t } = useTranslation();
  const { draft, onChange } = props;
  return (
    <Rows
      legend={t("run.affinity")}
      add={t("run.addAffinity")}
      rows={draft.affinity}
      blank={NO_RULE}
      onChange={(affinity) => onChange({ ...draft, affinity })}
      row={(rule, index, set) => (
        <>
          <NativeSelect
            size="xs"
            aria-label={t("run.company")}
            value={rule.apart ? "apart" : "beside"}
            data={(["beside", "apart"] as const).map((value) => ({ value, label: t(`run.side.${value}`) }))}
            {...place(props, `/affinity/${index}/apart`)}
            onChange={(event) => set({ apart: event.currentTarget.value === "apart" })}
          />
          <NativeSelect
            size="xs"
            aria-label={t("run.companyKind")}
            value={rule.kind}
            data={(["service", "label"] as const).map((value) => ({ value, label: t(`run.of.${value}`) }))}
            onChange={(event) => set({ kind: event.currentTarget.value === "label" ? "label" : "service" })}
          />
          <TextInput
            size="xs"
            aria-label={t("run.companyName")}
            placeholder={rule.kind === "service" ? "db" : "team=shop"}
            value={rule.name}
            {...place(props, `/affinity/${index}/${rule.kind}`)}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            aria-label={t("run.within")}
            placeholder={t("run.withinHint")}
            value={rule.within}
            {...place(props, `/affinity/${index}/within`)}
            onChange={(event) => set({ within: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            inputMode="numeric"
            aria-label={t("run.prefer")}
            placeholder={t("run.preferHint")}
            value={rule.prefer}
            {...place(props, `/affinity/${index}/prefer`)}
            onChange={(event) => set({ prefer: event.currentTarget.value })}
          />
        </>
      )}
    />
  );
}
