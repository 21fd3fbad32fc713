import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { policiesQuery } from "@/shared/api/policies";
import { hostsQuery } from "@/shared/api/queries";
import { Panel } from "@/shared/ui/Panel";
import { labelsOf } from "./labels";
import styles from "./Placement.module.css";
import { serviceNamesQuery } from "./queries";
import type { Wish, WishField } from "./search";

interface Props {
  project: string;
  first: Wish;
  /** What the server found wrong with a field. */
  at: (field: WishField) => string | undefined;
  isBusy: boolean;
  onAsk: (wish: Wish) => void;
}

const SHORT: ReadonlySet<WishField> = new Set(["n", "cpu", "memory", "gpus", "hcpu", "hmemory"]);

/** What is supposed: so many, like this; and, if somebody wants to know, hosts of one shape that there might be. */
export function SimulateForm({ project, first, at, isBusy, onAsk }: Props) {
  const { t } = useTranslation();
  const [wish, setWish] = useState(first);
  const [told, setTold] = useState(first);
  if (JSON.stringify(told) !== JSON.stringify(first)) {
    setTold(first); // the address says something else, as after Back
    setWish(first);
  }
  const { data: hosts = [] } = useQuery(hostsQuery);
  const { data: services = [] } = useQuery(serviceNamesQuery(project));
  const { data: policies = [] } = useQuery(policiesQuery);
  const field = (name: WishField) => ({
    size: "xs" as const,
    label: t(`simulate.field.${name}`),
    value: wish[name],
    error: at(name),
    className: at(name) !== undefined ? styles.wrong : SHORT.has(name) ? styles.short : undefined,
    onChange: (event: { currentTarget: { value: string } }) =>
      setWish({ ...wish, [name]: event.currentTarget.value }),
  });
  /** `none`: the words for the empty choice. What the address says stands there, even when it is not known here. */
  const choice = (name: WishField, none: string, known: readonly string[]) => {
    const all = wish[name] === "" || known.includes(wish[name]) ? known : [...known, wish[name]];
    return {
      ...field(name),
      data: [{ value: "", label: none }, ...all.map((one) => ({ value: one, label: one }))],
    };
  };
  const isOwn = wish.service === "";
  return (
    <Panel title={t("simulate.title")} note={t("simulate.note")}>
      <form
        className={styles.form}
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          onAsk(wish);
        }}
      >
        <TextInput {...field("n")} placeholder="20" inputMode="numeric" />
        <NativeSelect {...choice("service", t("simulate.own"), services)} />
        {isOwn && (
          <>
            <TextInput {...field("cpu")} placeholder="2" />
            <TextInput {...field("memory")} placeholder="4g" />
            <TextInput {...field("gpus")} placeholder="1" />
            <NativeSelect {...choice("spread", t("simulate.anyhow"), labelsOf(hosts))} />
            <TextInput {...field("where")} placeholder="disk=ssd zone!=ams" />
            <TextInput {...field("tolerate")} placeholder="dedicated=ml" />
            <NativeSelect
              {...choice(
                "policy",
                t("simulate.ofProject"),
                policies.map((one) => one.name),
              )}
            />
          </>
        )}
        <fieldset className={styles.hosts}>
          <legend>{t("simulate.hosts")}</legend>
          <TextInput {...field("like")} placeholder={hosts[0]?.name} list="simulated-like" />
          <datalist id="simulated-like">
            {hosts.map((one) => (
              <option key={one.name} value={one.name} />
            ))}
          </datalist>
          <TextInput {...field("hcpu")} placeholder="16" />
          <TextInput {...field("hmemory")} placeholder="64g" />
        </fieldset>
        <Button size="xs" type="submit" loading={isBusy}>
          {t("simulate.verb")}
        </Button>
      </form>
    </Panel>
  );
}
