import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
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
  const fields = fieldsOf({ wish, at, t, onChange: setWish });
  const { data: services = [] } = useQuery(serviceNamesQuery(project));
  return (
    <Panel title={t("simulate.title")} note={t("simulate.note")}>
      <form
        className={styles.form}
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          onAsk(wish);
        }}
      >
        <TextInput {...fields.text("n")} placeholder="20" inputMode="numeric" />
        <NativeSelect {...fields.choice("service", t("simulate.own"), services)} />
        {wish.service === "" && <Shape fields={fields} />}
        <Hosts fields={fields} />
        <Button size="xs" type="submit" loading={isBusy}>
          {t("simulate.verb")}
        </Button>
      </form>
    </Panel>
  );
}

interface Draft {
  wish: Wish;
  at: Props["at"];
  t: TFunction;
  onChange: (wish: Wish) => void;
}
type Fields = ReturnType<typeof fieldsOf>;

/** The properties of the inputs. */
function fieldsOf({ wish, at, t, onChange }: Draft) {
  const text = (name: WishField) => ({
    size: "xs" as const,
    label: t(`simulate.field.${name}`),
    value: wish[name],
    error: at(name),
    className: at(name) !== undefined ? styles.wrong : SHORT.has(name) ? styles.short : undefined,
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...wish, [name]: event.currentTarget.value }),
  });
  /** `none`: the words for the empty choice. What the address says stands there, even when it is not known here. */
  const choice = (name: WishField, none: string, known: readonly string[]) => {
    const all = wish[name] === "" || known.includes(wish[name]) ? known : [...known, wish[name]];
    const data = [{ value: "", label: none }, ...all.map((one) => ({ value: one, label: one }))];
    return { ...text(name), data };
  };
  return { text, choice };
}

function Shape({ fields: { text, choice } }: { fields: Fields }) {
  const { t } = useTranslation();
  const { data: hosts = [] } = useQuery(hostsQuery);
  const { data: policies = [] } = useQuery(policiesQuery);
  const names = policies.map((one) => one.name);
  return (
    <>
      <TextInput {...text("cpu")} placeholder="2" />
      <TextInput {...text("memory")} placeholder="4g" />
      <TextInput {...text("gpus")} placeholder="1" />
      <NativeSelect {...choice("spread", t("simulate.anyhow"), labelsOf(hosts))} />
      <TextInput {...text("where")} placeholder="disk=ssd zone!=ams" />
      <TextInput {...text("tolerate")} placeholder="dedicated=ml" />
      <NativeSelect {...choice("policy", t("simulate.ofProject"), names)} />
    </>
  );
}

function Hosts({ fields: { text } }: { fields: Fields }) {
  const { t } = useTranslation();
  const { data: hosts = [] } = useQuery(hostsQuery);
  return (
    <fieldset className={styles.hosts}>
      <legend>{t("simulate.hosts")}</legend>
      <TextInput {...text("like")} placeholder={hosts[0]?.name} list="simulated-like" />
      <datalist id="simulated-like">
        {hosts.map((one) => (
          <option key={one.name} value={one.name} />
        ))}
      </datalist>
      <TextInput {...text("hcpu")} placeholder="16" />
      <TextInput {...text("hmemory")} placeholder="64g" />
    </fieldset>
  );
}
