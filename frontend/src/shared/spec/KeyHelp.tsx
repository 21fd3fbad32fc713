import { useTranslation } from "react-i18next";
import type { SpecSchema } from "../api/specSchema";
import { Facts } from "../ui/Facts";
import { Panel } from "../ui/Panel";
import styles from "./Spec.module.css";
import { inline, ITEM, keysAt, rangeOf, schemaAt, typesOf, valuesAt } from "./specHelp";

/** What a key means, in the words of the API's own schema: unit, range, default, example, and the keys below it. */
export function KeyHelp({ schema, path }: { schema: SpecSchema; path: readonly string[] }) {
  const { t } = useTranslation();
  const known = longestKnown(schema, path);
  const one = schemaAt(schema, known) ?? schema;
  const name = known.filter((part) => part !== ITEM && !/^\d+$/.test(part)).join(".");
  const keys = keysAt(one);
  const range = rangeOf(one);
  const code = (text: string) => <code className={styles.code}>{text}</code>;
  const facts = [
    one.enum && ([t("run.allowed"), code(valuesAt(one).join(" · "))] as const),
    !one.enum && known.length > 0 && ([t("run.type"), typesOf(one).join(" | ")] as const),
    range !== null && ([t("run.range"), range] as const),
    one.default !== undefined && ([t("run.default"), code(inline(one.default))] as const),
    one.examples?.length && ([t("run.example"), code(one.examples.map(inline).join("   "))] as const),
  ].filter((fact) => typeof fact === "object");
  return (
    <Panel
      title={<span className="mono">{name || t("run.spec")}</span>}
      note={name ? undefined : t("run.keysNote")}
    >
      <div lang="en" data-testid="key-help">
        {one.description && <p className={styles.means}>{one.description}</p>}
        {facts.length > 0 && <Facts rows={facts} />}
        {keys.length > 0 && (
          <dl className={styles.keys}>
            {keys.map((key) => (
              <div key={key.name}>
                <dt className="mono">
                  {key.name}
                  {key.isRequired && <span className="soft"> *</span>}
                </dt>
                <dd className="soft">{key.schema.description}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </Panel>
  );
}

/** Of what is written only as much as the schema knows: a misspelt key shows the help of what is around it. */
function longestKnown(schema: SpecSchema, path: readonly string[]): readonly string[] {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    if (schemaAt(schema, part)) return part;
  }
  return [];
}
