import { ActionIcon, Button } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Spec.module.css";

interface Props<Row> {
  legend: string;
  add: string;
  rows: readonly Row[];
  blank: Row;
  error?: string | undefined;
  onChange: (rows: Row[]) => void;
  /** The inputs of one row; `set` replaces parts of it. */
  row: (row: Row, index: number, set: (part: Partial<Row>) => void) => ReactNode;
}

/** Rows of equal fields that can be added and taken away. */
export function Rows<Row extends object>({ legend, add, rows, blank, error, onChange, row }: Props<Row>) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{legend}</legend>
      <div className={styles.rows}>
        {rows.map((one, index) => (
          <div key={index} className={styles.row}>
            {row(one, index, (part) =>
              onChange(rows.map((other, place) => (place === index ? { ...other, ...part } : other))),
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("run.removeRow", { what: legend, number: index + 1 })}
              onClick={() => onChange(rows.filter((_, place) => place !== index))}
            >
              <IconX size={15} />
            </ActionIcon>
          </div>
        ))}
        {error !== undefined && <span role="alert">{error}</span>}
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange([...rows, blank])}
        >
          {add}
        </Button>
      </div>
    </fieldset>
  );
}
