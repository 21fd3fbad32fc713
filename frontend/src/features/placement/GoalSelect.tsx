import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "./Placement.module.css";
import { type Goal, GOALS } from "./search";

interface Props {
  value: Goal;
  isLocked?: boolean;
  onChange: (goal: Goal) => void;
}

/** What a rebalance shall make less of. */
export function GoalSelect({ value, isLocked = false, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      size="xs"
      className={styles.goal}
      label={t("rebalance.goal")}
      value={value}
      disabled={isLocked}
      data={GOALS.map((one) => ({ value: one, label: t(`rebalance.goals.${one}`) }))}
      onChange={(event) => {
        const found = GOALS.find((one) => one === event.currentTarget.value);
        if (found !== undefined) onChange(found);
      }}
    />
  );
}
