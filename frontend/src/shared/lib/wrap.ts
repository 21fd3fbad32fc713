/** Whether long lines of a log are wrapped: one choice for all logs, remembered in this browser. */
import { Store, useStore } from "./store";

const KEPT_KEY = "orchestra.wrap";
const wrap = new Store(localStorage.getItem(KEPT_KEY) === "on");

export function useWrap(): { isWrapped: boolean; setWrapped: (isWrapped: boolean) => void } {
  return {
    isWrapped: useStore(wrap),
    setWrapped: (isWrapped) => {
      localStorage.setItem(KEPT_KEY, isWrapped ? "on" : "off");
      wrap.set(isWrapped);
    },
  };
}
